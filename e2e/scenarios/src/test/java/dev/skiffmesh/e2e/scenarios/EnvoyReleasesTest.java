package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.EnvoyRelease;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each release of Envoy is served, and that its calls follow every change. */
@RequiresEnvoy({EnvoyRelease.V1_36, EnvoyRelease.V1_38, EnvoyRelease.V1_40})
class EnvoyReleasesTest {

  private static final Duration BOUND = Duration.ofSeconds(20);

  @ParameterizedTest
  @EnumSource(EnvoyRelease.class)
  void isServedWhatItUnderstandsAndFollowsEveryChange(EnvoyRelease release, @TempDir Path folder) {
    try (HttpService v1 = HttpService.start("order-v1", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order-v2", Map.of("version", "v2"));
        HttpService late = HttpService.start("late", Map.of());
        ControlPlaneProcess controlPlane = ControlPlaneProcess.onDemand(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      controlPlane.write("policies/split.yaml", MeshFiles.split("split", 1, 0));
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
      try (Caller caller =
          Caller.start(release, "gateway", controlPlane.xdsPort(), Map.of("version", "v1"))) {
        boolean asks = release == EnvoyRelease.V1_40;
        JsonNode proxy = controlPlane.get("/api/v1/proxies").at("/items/0");
        assertThat(proxy.get("dialect").asText())
            .isEqualTo("envoy " + release.version().replaceFirst("[.][0-9]+$", ""));
        assertThat(caller.envoy().clusters().contains("order.trading|http")).isEqualTo(!asks);
        String mode = asks ? "OnDemand" : "All";
        // A report is made a moment after the proxy has been served.
        controlPlane.await(
            "/api/v1/scope", answer -> answer.at("/items/0/mode").asText().equals(mode));

        try (LoadLoop load = caller.load("order.trading")) {
          Await.until(BOUND, "calls are answered", () -> load.report().calls() > 100);

          controlPlane.write("policies/split.yaml", MeshFiles.split("split", 0, 1));
          Await.until(
              BOUND,
              "all calls go to v2",
              () -> caller.call("order.trading", 20).answeredBy("order-v2") == 20);

          controlPlane.write("services/late.yaml", MeshFiles.service("late", List.of(late)));
          Await.until(BOUND, "the newcomer is called", () -> is(caller, "late.trading", 200));
          controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v2)));
          Await.until(
              BOUND,
              "v1 has gone",
              () -> caller.envoy().endpoints("order.trading|http|version=v1").isEmpty());

          types(controlPlane);
          controlPlane.kill();
          controlPlane.startAgain();
          SortedMap<String, JsonNode> types = types(controlPlane);
          System.out.printf("Envoy %s is served %s%n", release.version(), types.keySet());
          types.forEach(
              (type, row) -> {
                // A host that was asked for is answered again by who cannot know that it was.
                long again = asks && type.equals("virtual-host") ? 1 : 0;
                assertThat(row.get("resourcesSent").asLong()).as(type).isEqualTo(again);
                assertThat(row.get("removalsSent").asLong()).as(type).isZero();
              });
          assertThat(types.containsKey("virtual-host")).isEqualTo(release != EnvoyRelease.V1_36);
          assertThat(types).containsKeys("listener", "route", "cluster", "endpoint", "runtime");

          controlPlane.delete("services/late.yaml");
          Await.until(BOUND, "it is unknown again", () -> is(caller, "late.trading", 404));
          assertThat(load.report().failures()).isEmpty();
        }
        assertThat(caller.envoy().stats("update_rejected").values()).allMatch(count -> count == 0);
      }
    }
  }

  /** By type, once the one proxy is in step. */
  private static SortedMap<String, JsonNode> types(ControlPlaneProcess controlPlane) {
    JsonNode answer =
        controlPlane.await(
            "/api/v1/proxies",
            proxies ->
                proxies.get("items").size() == 1
                    && proxies.at("/items/0/inSync").asBoolean()
                    && proxies.at("/items/0/types").size() > 4);
    SortedMap<String, JsonNode> types = new TreeMap<>();
    answer.at("/items/0/types").forEach(row -> types.put(row.get("type").asText(), row));
    return types;
  }

  private static boolean is(Caller caller, String host, int status) {
    return caller.call(host, 1).byStatus().containsKey(status);
  }
}
