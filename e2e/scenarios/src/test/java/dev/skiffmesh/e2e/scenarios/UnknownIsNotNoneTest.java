package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.e2e.parts.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A control plane that starts without its state while its registry is away takes nothing from an
 * Envoy that works, says so, and serves what it knows.
 */
@RequiresEnvoy
class UnknownIsNotNoneTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  /** So many calls more are made while nobody knows the service. */
  private static final long CALLS = 500;

  @ParameterizedTest
  @ValueSource(strings = {"OnDemand", "All"})
  void aWorkingEnvoyKeepsWhatNobodyKnowsYet(String scope, @TempDir Path folder) throws IOException {
    try (HttpService order = HttpService.start("order", Map.of());
        HttpService stock = HttpService.start("stock", Map.of());
        ControlPlaneProcess controlPlane =
            scope.equals("All")
                ? ControlPlaneProcess.withFiles(folder)
                : ControlPlaneProcess.onDemand(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(order)));
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop load =
              LoadLoop.start(LoadLoop.Target.of(caller.egressPort(), "order.trading", "/"), 1)) {
        awaitCalls(load);
        String known = Files.readString(folder.resolve("skiff.yaml"));

        controlPlane.kill();
        ScratchFolder.delete(folder.resolve("state"));
        controlPlane.write("skiff.yaml", away(known));
        controlPlane.write("more/stock.yaml", MeshFiles.service("stock", List.of(stock)));
        controlPlane.startAgain();
        JsonNode findings =
            controlPlane.await("/api/v1/findings", answer -> answer.toString().contains("SKF1220"));
        assertThat(findings.toString()).contains("netflix");
        assertThat(controlPlane.get("/health/readiness").get("notes").toString())
            .contains("netflix");
        Await.until(
            BOUND,
            "what is known is served",
            () -> caller.call("stock.trading", 1).answeredBy("stock") == 1);
        awaitCalls(load);
        assertThat(caller.call("order.trading", 20).answeredBy("order")).isEqualTo(20);

        controlPlane.kill();
        controlPlane.write("skiff.yaml", known);
        controlPlane.startAgain();
        controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(stock)));
        Await.until(
            BOUND,
            "and so is what was away",
            () -> caller.call("order.trading", 10).answeredBy("stock") == 10);
        assertThat(load.report().failures()).isEmpty();
        assertThat(caller.envoy().stats("update_rejected").values()).allMatch(count -> count == 0);
      }
    }
  }

  private static void awaitCalls(LoadLoop load) {
    long before = load.report().calls();
    Await.until(BOUND, "more calls", () -> load.report().calls() > before + CALLS);
  }

  /** The same with a registry at whose address nobody listens, and a second one that is there. */
  private static String away(String config) {
    String files = "- {type: file, name: local, path: services/}";
    assertThat(config).contains(files);
    return config.replace(
            files,
            ("- {type: eureka, name: netflix, servers: ['http://127.0.0.1:%d/eureka'], namespace:"
                    + " trading}\n  - {type: file, name: more, path: more/}")
                .formatted(FreePorts.next()))
        + "startup-timeout: 1s\n";
  }
}
