package dev.skiffmesh.registry.consul;

import dev.skiffmesh.registry.core.HttpRegistry;
import dev.skiffmesh.registry.core.HttpRegistry.Answer;
import dev.skiffmesh.registry.core.LastAnswer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Consul's HTTP API, as far as it is read. Thread-safe. */
final class ConsulClient implements AutoCloseable {

  /** Where all services are listed: the only document that is an object and not a list. */
  static final String SERVICES = "/v1/catalog/services";

  private static final JsonMapper JSON = JsonMapper.shared();

  private final ConsulSettings settings;
  private final URI agent;
  private final HttpRegistry http;
  private final LastAnswer lastAnswer;

  /**
   * Asks one agent.
   *
   * @param turn counts up from one to the next
   * @throws IOException if the certificates cannot be used
   */
  ConsulClient(ConsulSettings settings, int turn, LastAnswer lastAnswer) throws IOException {
    this.settings = settings;
    this.lastAnswer = lastAnswer;
    SortedMap<String, String> headers = new TreeMap<>();
    if (!settings.token().isEmpty()) {
      headers.put("X-Consul-Token", settings.token());
    }
    this.agent = settings.servers().get(turn % settings.servers().size());
    this.http = new HttpRegistry(agent, headers, settings.tls(), settings.timing().answer());
  }

  /**
   * What was read, and the moment from which to wait for something else.
   *
   * @param index of Consul's own counter; 0 to wait for nothing
   */
  record Found(JsonNode json, long index) {}

  /** The agent that is asked. */
  String agent() {
    return agent.toString();
  }

  /** Reads at once. */
  Found read(String path) throws IOException, InterruptedException {
    return ask(path, "", settings.timing().answer());
  }

  /**
   * Waits until there is something else than at {@code index}, or for a while.
   *
   * @return an index to wait from again, by the rules of Consul's page on blocking queries: one
   *     that goes backwards begins anew, and none is less than 1
   */
  Found await(String path, long index) throws IOException, InterruptedException {
    Duration wait = settings.timing().blocking();
    Found found =
        ask(
            path,
            "index=" + index + "&wait=" + wait.toMillis() + "ms",
            // An agent adds up to a sixteenth, so that not all come back at once.
            wait.plus(wait.dividedBy(16)).plus(settings.timing().answer()));
    return found.index < index ? new Found(found.json, 0) : found;
  }

  private Found ask(String path, String query, Duration within)
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder(path).append('?').append(query);
    if (!settings.datacenter().isEmpty()) {
      text.append("&dc=").append(settings.datacenter());
    }
    Answer answer = http.get(text.toString(), within);
    if (answer.status() != 200) {
      throw new IOException(agent() + refusal(answer));
    }
    if (answer.header("x-consul-knownleader").filter("false"::equals).isPresent()) {
      throw new IOException(agent() + " knows of no leader, so that its answers may be old");
    }
    try {
      long index = answer.header("x-consul-index").map(Long::parseLong).orElse(0L);
      JsonNode json = JSON.readTree(answer.body());
      if (path.equals(SERVICES) ? !json.isObject() : !json.isArray()) {
        throw new IOException(agent() + " answers with a document that Consul does not have");
      }
      lastAnswer.isNow();
      return new Found(json, Math.max(1, index));
    } catch (JacksonException | NumberFormatException e) {
      throw new IOException(agent() + " answers with a document that is not whole", e);
    }
  }

  private static String refusal(Answer answer) {
    String words = answer.body().lines().findFirst().orElse("").strip();
    String shown = words.isEmpty() ? "status " + answer.status() : "'" + words + "'";
    return answer.status() == 403 || answer.status() == 401
        ? " refuses to be read: " + shown
        : " answers with " + shown + " (status " + answer.status() + ")";
  }

  static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    http.close();
  }
}
