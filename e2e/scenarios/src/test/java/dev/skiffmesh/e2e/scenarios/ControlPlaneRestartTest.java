package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A control plane that is killed under load: no call fails, and nothing is sent twice. */
@RequiresEnvoy
class ControlPlaneRestartTest {

  private static final Duration BOUND = Duration.ofSeconds(30);

  @Test
  void noCallFailsAndOnlyWhatChangedIsSent(@TempDir Path folder) {
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        HttpService quote = HttpService.start("quote", Map.of("version", "v1"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      controlPlane.write("services/quote.yaml", MeshFiles.service("quote", List.of(quote)));
      controlPlane.write("policies/split.yaml", MeshFiles.split("split", 50, 50));
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 2);
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop orders = caller.load("order.trading")) {
        awaitInSync(controlPlane);

        controlPlane.kill();
        awaitMoreCalls(orders);
        controlPlane.startAgain();
        JsonNode types = awaitInSync(controlPlane);
        assertThat(types).isNotEmpty();
        for (JsonNode type : types) {
          assertThat(type.get("resourcesSent").asLong())
              .as("resources of type %s sent after a restart", type.get("type"))
              .isZero();
          assertThat(type.get("removalsSent").asLong()).as("removals").isZero();
        }

        controlPlane.kill();
        controlPlane.delete("services/quote.yaml");
        controlPlane.startAgain();
        awaitInSync(controlPlane);
        Await.until(
            BOUND,
            "the deleted service's cluster is gone",
            () -> !caller.envoy().clusters().contains("quote.trading"));
        assertThat(caller.call("quote.trading", 1).byStatus()).containsKey(404);
        assertThat(orders.report().failures()).isEmpty();
        assertThat(orders.report().answeredBy("order-v2")).isPositive();
      }
    }
  }

  private static JsonNode awaitInSync(ControlPlaneProcess controlPlane) {
    return controlPlane
        .await(
            "/api/v1/proxies",
            answer ->
                answer.get("items").size() == 1
                    && answer.get("items").get(0).get("inSync").asBoolean())
        .get("items")
        .get(0)
        .get("types");
  }

  private static void awaitMoreCalls(LoadLoop load) {
    long before = load.report().calls();
    Await.until(BOUND, "500 more calls", () -> load.report().calls() > before + 500);
  }
}
