package dev.skiffmesh.server.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a running control plane. */
final class AdminClient {

  private static final Duration BOUND = Duration.ofSeconds(10);

  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:18080",
      description = "The admin address of the control plane (default: ${DEFAULT-VALUE}).")
  private String server = "";

  /** The answer as it came. */
  String text(String path) {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(BOUND).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(server.replaceAll("/+$", "") + path))
              .timeout(BOUND)
              .build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == 404) {
        throw new CommandFailure(Skiff.FINDING, message(response.body()));
      }
      if (response.statusCode() >= 300) {
        throw new CommandFailure(
            Skiff.UNREACHABLE,
            server + path + " answered " + response.statusCode() + ": " + response.body());
      }
      return response.body();
    } catch (IllegalArgumentException noAddress) {
      throw new CommandFailure(
          Skiff.USAGE,
          "`--server` must be a URL such as http://127.0.0.1:18080, found '" + server + "'");
    } catch (IOException unreachable) {
      throw new CommandFailure(
          Skiff.UNREACHABLE,
          "No control plane answers at "
              + server
              + "; start one with `skiff serve`, or name another with `--server URL`");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(Skiff.UNREACHABLE, "interrupted");
    }
  }

  /** The answer's {@code items}. */
  JsonNode items(String path) {
    return JsonMapper.shared().readTree(text(path)).get("items");
  }

  /** A path segment: ids of proxies contain slashes and colons. */
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String message(String body) {
    JsonNode message = JsonMapper.shared().readTree(body).path("message");
    return message.isString() ? message.stringValue() : body;
  }
}
