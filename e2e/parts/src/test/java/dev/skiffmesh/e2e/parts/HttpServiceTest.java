package dev.skiffmesh.e2e.parts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.HttpService.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpServiceTest {

  private static final Duration BOUND = Duration.ofSeconds(20);

  @Test
  void saysWhoItIsAndCounts() throws IOException {
    try (HttpService service = HttpService.start("order", Map.of("version", "v1"));
        HttpConnection connection = new HttpConnection(service.port(), BOUND)) {
      var first = connection.get("/", Map.of("host", "order.trading"));
      connection.get("/pay", Map.of("host", "order.trading"));

      assertThat(first.status()).isEqualTo(200);
      assertThat(first.body()).isEqualTo("order-v1@127.0.0.1:" + service.port());
      assertThat(first.header(HttpService.ANSWERED_BY)).isEqualTo(service.id());
      assertThat(service.calls()).isEqualTo(2);
      assertThat(service.callsTo("/pay")).isEqualTo(1);
      assertThat(service.callsTo("/never")).isZero();
    }
  }

  @Test
  void answersTheStandardPaths() throws IOException {
    try (HttpService service = HttpService.start("order", Map.of());
        HttpConnection connection = new HttpConnection(service.port(), BOUND)) {
      assertThat(connection.get("/headers", Map.of("host", "order.trading", "X-One", "1")).body())
          .contains("host: order.trading\n", "x-one: 1\n");
      assertThat(connection.get("/status/404", Map.of("host", "a")).status()).isEqualTo(404);
      assertThat(connection.call("POST", "/echo", Map.of("host", "a"), "text").body())
          .isEqualTo("text");
      assertThat(connection.get("/delay/1", Map.of("host", "a")).status()).isEqualTo(200);
      assertThat(connection.call("HEAD", "/", Map.of("host", "a"), "").body()).isEmpty();
      assertThat(connection.get("/status/204", Map.of("host", "a")).status()).isEqualTo(204);
      assertThat(connection.reconnects()).isZero();
    }
  }

  @Test
  void aBehaviourThatThrowsIsAnAnswerToo() throws IOException {
    try (HttpService service =
            HttpService.start(
                "order",
                Map.of(),
                0,
                (_, call) -> {
                  if (call.path().equals("/bad")) {
                    throw new IOException("out of stock");
                  }
                  return Answer.of(200, call.header("x-user-id"));
                });
        HttpConnection connection = new HttpConnection(service.port(), BOUND)) {
      assertThat(connection.get("/bad", Map.of("host", "a")))
          .satisfies(response -> assertThat(response.status()).isEqualTo(500))
          .satisfies(response -> assertThat(response.body()).contains("out of stock"));
      assertThat(connection.get("/", Map.of("host", "a", "x-user-id", "42")).body())
          .isEqualTo("42");
    }
  }

  @Test
  void loadIsCountedByStatusAndByWhoAnswered() {
    try (HttpService service = HttpService.start("order", Map.of("version", "v2"))) {
      var report = LoadLoop.run(LoadLoop.Target.of(service.port(), "order.trading", "/"), 200, 4);

      assertThat(report.calls()).isEqualTo(200);
      assertThat(report.failures()).isEmpty();
      assertThat(report.byStatus()).isEqualTo(Map.of(200, 200L));
      assertThat(report.byAnswerer()).isEqualTo(Map.of(service.id(), 200L));
      assertThat(report.answeredBy("order-v2")).isEqualTo(200);
      assertThat(service.calls()).isEqualTo(200);
    }
  }

  @Test
  void failuresAreCountedAndToldInWords() {
    try (HttpService service = HttpService.start("order", Map.of())) {
      var refused = LoadLoop.run(LoadLoop.Target.of(service.port(), "a", "/status/503"), 20, 2);

      assertThat(refused.failed()).isEqualTo(20);
      assertThat(refused.byStatus()).isEqualTo(Map.of(503, 20L));
      assertThat(refused.failures()).hasSize(10).first().asString().contains("503");
    }
    var absent = LoadLoop.run(LoadLoop.Target.of(FreePorts.next(), "a", "/"), 5, 1);

    assertThat(absent.byStatus()).isEqualTo(Map.of(0, 5L));
    assertThat(absent.failed()).isEqualTo(5);
  }

  @Test
  void headersDifferByCall() {
    try (HttpService service =
        HttpService.start(
            "order",
            Map.of(),
            0,
            (_, call) -> Answer.of(call.header("x-user-id").equals("3") ? 404 : 200, ""))) {
      var target =
          new LoadLoop.Target(
              service.port(), "/", n -> Map.of("host", "a", "x-user-id", Long.toString(n)));

      assertThat(LoadLoop.run(target, 10, 3).byStatus()).isEqualTo(Map.of(200, 9L, 404, 1L));
    }
  }
}
