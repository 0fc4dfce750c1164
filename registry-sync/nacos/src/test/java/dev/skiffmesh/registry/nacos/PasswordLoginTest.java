package dev.skiffmesh.registry.nacos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.plugin.auth.api.RequestResource;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.skiffmesh.registry.nacos.NacosSettings.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PasswordLoginTest {

  private final AtomicLong now = new AtomicLong();
  private final List<String> logins = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean isNew = true;
  private volatile boolean isWrong;
  private HttpServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/nacos/v3/auth/user/login", exchange -> answer(exchange, isNew));
    server.createContext("/nacos/v1/auth/users/login", exchange -> answer(exchange, !isNew));
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  @Test
  void aTokenLivesUntilShortlyBeforeItsEnd() throws NacosException {
    PasswordLogin login = login();

    assertThat(login.headers(new RequestResource())).containsEntry("accessToken", "token-1");
    now.addAndGet(Duration.ofSeconds(89).toNanos());
    assertThat(login.headers(new RequestResource())).containsEntry("accessToken", "token-1");
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(login.headers(new RequestResource())).containsEntry("accessToken", "token-2");
    assertThat(logins.getFirst()).contains("username=skiff").contains("password=pass%3Dword");
  }

  @Test
  void anOlderServerHasAnotherPath() throws NacosException {
    isNew = false;

    assertThat(login().headers(new RequestResource())).containsEntry("accessToken", "token-1");
  }

  @Test
  void aRefusalIsToldAndNotAskedForWithEachRequest() throws NacosException {
    isWrong = true;
    PasswordLogin login = login();

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> login.headers(new RequestResource()))
          .isInstanceOfSatisfying(
              NacosException.class,
              e -> {
                assertThat(e.getErrCode()).isEqualTo(NacosException.NO_RIGHT);
                assertThat(e.getErrMsg())
                    .isEqualTo("the login of user skiff fails: unknown user!")
                    .doesNotContain("pass=word");
              });
    }
    assertThat(logins).hasSize(1);

    isWrong = false;
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(login.headers(new RequestResource())).containsKey("accessToken");
    assertThat(login.trouble()).isEmpty();
  }

  @Test
  void aTokenThatCannotBeRenewedIsUsedAsLongAsItLives() throws NacosException {
    PasswordLogin login = login();
    assertThat(login.headers(new RequestResource())).containsEntry("accessToken", "token-1");

    isWrong = true;
    now.addAndGet(Duration.ofSeconds(95).toNanos());

    assertThat(login.headers(new RequestResource())).containsEntry("accessToken", "token-1");
    assertThat(login.trouble()).contains("the login of user skiff fails: unknown user!");
  }

  @Test
  void aRefusedTokenIsRenewedUnlessItIsFresh() throws NacosException {
    PasswordLogin login = login();
    assertThat(login.headers(new RequestResource())).containsEntry("accessToken", "token-1");

    login.renew();
    assertThat(login.headers(new RequestResource())).containsEntry("accessToken", "token-1");
    now.addAndGet(Duration.ofSeconds(10).toNanos());
    login.renew();
    assertThat(login.headers(new RequestResource())).containsEntry("accessToken", "token-2");
  }

  @Test
  void aServerThatIsNotThereIsNoRefusal() {
    server.stop(0);

    assertThatThrownBy(() -> login().headers(new RequestResource()))
        .isInstanceOfSatisfying(
            NacosException.class,
            e -> assertThat(e.getErrCode()).isEqualTo(NacosException.SERVER_ERROR))
        .hasMessageContaining("HTTP port");
  }

  private PasswordLogin login() {
    NacosSettings usual = NacosSettings.of("legacy", "127.0.0.1:" + server.getAddress().getPort());
    return new PasswordLogin(
        new NacosSettings(
            usual.name(),
            usual.server(),
            usual.namespaces(),
            usual.groups(),
            usual.services(),
            Credentials.ofPassword("skiff", "pass=word"),
            usual.client(),
            usual.timing()),
        new NacosHttp(new TreeMap<>()),
        now::get);
  }

  private void answer(HttpExchange exchange, boolean isThere) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (!isThere) {
      reply(exchange, 404, "{\"error\":\"Not Found\"}");
      return;
    }
    logins.add(form);
    if (isWrong) {
      reply(exchange, 403, "{\"code\":403,\"message\":\"unknown user!\"}");
    } else {
      reply(exchange, 200, "{\"accessToken\":\"token-" + logins.size() + "\",\"tokenTtl\":100}");
    }
  }

  private static void reply(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
