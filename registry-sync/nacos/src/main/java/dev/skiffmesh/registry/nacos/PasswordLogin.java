package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.plugin.auth.api.RequestResource;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.nacos.NacosHttp.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A token for user name and password, renewed before it ends and when the server refuses it.
 *
 * <p>The official client's login is not used: it keeps the reason of a failure to its log, asks the
 * server again with every single request while the password is wrong, and does not ask within a
 * minute after a login although the server refuses the token (a restarted Nacos may have another
 * key).
 */
final class PasswordLogin implements NacosLogin {

  /** Nacos 3's path, then the one of 2.x, which 3.x keeps only as long as it is told to. */
  private static final List<String> PATHS = List.of("/v3/auth/user/login", "/v1/auth/users/login");

  private static final String TOKEN = "accessToken";

  private static final Backoff RETRIES = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10));

  /**
   * A refusal may also mean that the user lacks a permission, which no new token cures: a login
   * costs the server some 100 ms of CPU.
   */
  private static final Duration LEAST_AGE_AT_REFUSAL = Duration.ofSeconds(10);

  private static final Duration LONGEST_AGE = Duration.ofHours(5);

  private final List<String> servers;
  private final String username;
  private final String password;
  private final NacosHttp http;
  private final LongSupplier nanos;

  // Guarded by this.
  private @Nullable String token;
  private long loggedInAt;
  private long nextAttempt;
  private int failures;
  private @Nullable NacosException failure;

  PasswordLogin(NacosSettings settings, NacosHttp http, LongSupplier nanos) {
    this.servers = settings.servers();
    this.username = settings.credentials().username();
    this.password = settings.credentials().password();
    this.http = http;
    this.nanos = nanos;
    this.nextAttempt = nanos.getAsLong();
  }

  @Override
  public synchronized Map<String, String> headers(RequestResource resource) throws NacosException {
    if (nanos.getAsLong() - nextAttempt >= 0) {
      logIn();
    }
    if (token == null) {
      throw failure == null
          ? new NacosException(NacosException.NO_RIGHT, "there was no login yet")
          : failure;
    }
    return Map.of(TOKEN, token, "app", APPLICATION);
  }

  @Override
  public synchronized Optional<String> trouble() {
    return Optional.ofNullable(failure).map(NacosException::getErrMsg);
  }

  @Override
  public synchronized void renew() {
    long now = nanos.getAsLong();
    if (failures == 0 && now - loggedInAt >= LEAST_AGE_AT_REFUSAL.toNanos()) {
      nextAttempt = now;
    }
  }

  @Override
  public void close() {}

  private void logIn() {
    NacosException last = null;
    for (String server : servers) {
      try {
        accept(answer(server));
        return;
      } catch (NacosException e) {
        // Words of a server that answers say more than the silence of the next one.
        last = last == null || e.getErrCode() == NacosException.NO_RIGHT ? e : last;
      }
    }
    failures++;
    failure = last;
    nextAttempt =
        nanos.getAsLong() + RETRIES.delay(failures, ThreadLocalRandom.current()).toNanos();
  }

  private Map<?, ?> answer(String server) throws NacosException {
    Answer answer = null;
    for (String path : PATHS) {
      answer = http.post(server, path, Map.of("username", username, "password", password));
      if (!isUnknown(answer)) {
        break;
      }
    }
    if (answer == null || !answer.isSuccess()) {
      throw new NacosException(
          NacosException.NO_RIGHT,
          "the login of user " + username + " fails: " + (answer == null ? "" : answer.words()));
    }
    return answer.object();
  }

  /** A server that does not know a path says so in several ways; each version has one of them. */
  private static boolean isUnknown(Answer answer) {
    return switch (answer.status()) {
      case 404, 405, 410, 501 -> true;
      default -> false;
    };
  }

  /** Nacos 3 writes the token at the top, beside or below {@code data}. */
  private void accept(Map<?, ?> answer) throws NacosException {
    Map<?, ?> content =
        !answer.containsKey(TOKEN) && answer.get("data") instanceof Map<?, ?> data ? data : answer;
    if (!(content.get(TOKEN) instanceof String given) || given.isEmpty()) {
      throw new NacosException(
          NacosException.NO_RIGHT, "the login of user " + username + " brings no token");
    }
    long now = nanos.getAsLong();
    token = given;
    loggedInAt = now;
    failures = 0;
    failure = null;
    nextAttempt = now + age(content.get("tokenTtl")).toNanos();
  }

  /** A tenth of the token's life before it ends, and a second at least. */
  private static Duration age(@Nullable Object seconds) {
    long life = seconds instanceof Number number ? number.longValue() : LONGEST_AGE.toSeconds();
    long age = life - Math.max(1, life / 10);
    return Duration.ofSeconds(Math.clamp(age, 1, LONGEST_AGE.toSeconds()));
  }
}
