package dev.skiffmesh.server.cli;

import dev.skiffmesh.server.admin.AdminGate;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a running control plane. Every refusal is a {@link CommandFailure}. */
final class AdminClient {

  /** A local answer takes milliseconds; one that takes this long will not come. */
  private static final Duration BOUND = Duration.ofSeconds(10);

  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:18080",
      description = "The control plane's admin address (default: ${DEFAULT-VALUE}).")
  private String server = "";

  /**
   * Asks for JSON.
   *
   * @param path from the root, with the query
   */
  JsonNode ask(String path) {
    return answer(path, request -> request);
  }

  /**
   * Has something done.
   *
   * @param path from the root, with the query
   */
  JsonNode post(String path) {
    return answer(
        path,
        request ->
            request
                .header(AdminGate.CHANGE_HEADER, "yes")
                .POST(HttpRequest.BodyPublishers.noBody()));
  }

  private JsonNode answer(String path, UnaryOperator<HttpRequest.Builder> method) {
    HttpResponse<String> response = send(path, method);
    try {
      JsonNode answer = JsonMapper.shared().readTree(response.body());
      if (response.statusCode() == 200) {
        return answer;
      }
      String message = answer.path("message").asString(response.body());
      throw switch (response.statusCode()) {
        case 404 -> new CommandFailure(Skiff.FINDING, message);
        case 400 -> new CommandFailure(Skiff.USAGE, message);
        default ->
            new CommandFailure(
                Skiff.UNREACHABLE, server + " answered " + response.statusCode() + ": " + message);
      };
    } catch (JacksonException other) {
      throw new CommandFailure(
          Skiff.UNREACHABLE,
          "`--server` must be the admin address of a control plane; "
              + server
              + " answered something else ("
              + response.statusCode()
              + ")");
    }
  }

  private HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> method) {
    URI uri = uri(path);
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(BOUND).build()) {
      return http.send(
          method
              .apply(
                  HttpRequest.newBuilder(uri).timeout(BOUND).header("Accept", "application/json"))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (HttpTimeoutException late) {
      throw new CommandFailure(
          Skiff.UNREACHABLE,
          "No answer from " + server + " within " + BOUND.toSeconds() + " s; is it overloaded?");
    } catch (IOException unreachable) {
      throw new CommandFailure(
          Skiff.UNREACHABLE,
          "No control plane answers at "
              + server
              + "; start one with `skiff serve`, or name another with `--server URL`");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(Skiff.UNREACHABLE, "Interrupted while asking " + server);
    }
  }

  /** {@code 10.0.0.2:18080} is understood as what it can only mean. */
  private URI uri(String path) {
    String base = server.matches("(?i)https?://.*") ? server : "http://" + server;
    try {
      URI uri = URI.create(base.replaceAll("/+$", "") + path);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException noAddress) {
      // Said below, as for an address without a host.
    }
    throw new CommandFailure(
        Skiff.USAGE,
        "`--server` must be a URL such as http://127.0.0.1:18080, found '" + server + "'");
  }

  /** A path segment or a query's value: the ids of proxies contain slashes and colons. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
