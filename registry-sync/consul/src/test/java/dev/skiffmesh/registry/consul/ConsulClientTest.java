package dev.skiffmesh.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.skiffmesh.registry.core.LastAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Something between Skiff and Consul that answers in its place, with status 200, must not look like
 * an agent that has no services.
 */
class ConsulClientTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/v1/catalog/services|[]|a document that Consul does not have",
        "/v1/catalog/services|null|a document that Consul does not have",
        "/v1/catalog/services|\"\"|a document that Consul does not have",
        "/v1/catalog/services|``|a document that Consul does not have",
        "/v1/catalog/services|<html>please log in</html>|a document that is not whole",
        "/v1/catalog/services|{\"order\":[]|a document that is not whole",
        "/v1/health/service/order|{}|a document that Consul does not have",
        "/v1/health/service/order|null|a document that Consul does not have",
        "/v1/health/state/any|{\"error\":\"busy\"}|a document that Consul does not have",
      })
  void whatConsulWouldNotSayIsAFailure(String path, String body, String reason) throws IOException {
    HttpServer server = answering(body);
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    try (ConsulClient client = client(url)) {
      assertThatThrownBy(() -> client.read(path))
          .isInstanceOf(IOException.class)
          .hasMessage(url + " answers with " + reason);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"/v1/catalog/services, {}", "/v1/health/service/order, []"})
  void nothingIsAnAnswer(String path, String body) throws IOException, InterruptedException {
    HttpServer server = answering(body);
    try (ConsulClient client = client("http://127.0.0.1:" + server.getAddress().getPort())) {
      assertThat(client.read(path).json()).isEmpty();
    } finally {
      server.stop(0);
    }
  }

  private static ConsulClient client(String url) throws IOException {
    return new ConsulClient(ConsulSettings.of("legacy", url), 0, new LastAnswer());
  }

  private static HttpServer answering(String body) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    return server;
  }
}
