package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.EnvoyBootstrap;
import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An Envoy that asks for the state of the world, as older ones do, gets its virtual hosts within
 * its routes and follows every change like the others.
 */
@RequiresEnvoy
class SotwEnvoyTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void itFollowsRoutesAndEndpoints(@TempDir Path folder) {
    int egressPort = FreePorts.next();
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        HttpService newcomer = HttpService.start("quote", Map.of());
        EmbeddedMesh mesh = EmbeddedMesh.start(folder)) {
      mesh.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      mesh.write("policies/split.yaml", MeshFiles.split("split", 0, 100));
      mesh.await(report -> report.policies().size() == 1);
      try (Envoy envoy = Envoy.start(bootstrap(mesh.xdsPort(), egressPort))) {
        envoy.awaitReady(BOUND);
        mesh.awaitAcknowledged(1, 1);
        assertThat(envoy.configDump()).contains("egress-whole").doesNotContain("\"vhds\"");
        LoadLoop.Target order = LoadLoop.Target.of(egressPort, "order.trading", "/");
        assertThat(answerers(order)).allMatch(id -> id.startsWith("order-v2"));

        LoadLoop.Report report;
        try (LoadLoop load = LoadLoop.start(order, 2)) {
          mesh.write("policies/split.yaml", MeshFiles.split("split", 100, 0));
          Await.until(
              BOUND,
              "v1 alone answers",
              () -> answerers(order).stream().allMatch(id -> id.startsWith("order-v1")));

          mesh.write("services/quote.yaml", MeshFiles.service("quote", List.of(newcomer)));
          Await.until(
              BOUND,
              "a new service is reached",
              () ->
                  LoadLoop.run(LoadLoop.Target.of(egressPort, "quote.trading", "/"), 1, 1).failed()
                      == 0);

          mesh.write("services/order.yaml", MeshFiles.service("order", List.of(v1)));
          Await.until(
              BOUND,
              "the instance that left is gone",
              () -> !envoy.clusters().contains("127.0.0.1:" + v2.port()));
          report = load.report();
        }
        assertThat(report.failures()).isEmpty();
        assertThat(envoy.stats("update_rejected").values()).allMatch(count -> count == 0);
      }
    }
  }

  private static List<String> answerers(LoadLoop.Target target) {
    LoadLoop.Report report = LoadLoop.run(target, 50, 1);
    assertThat(report.failures()).isEmpty();
    return List.copyOf(report.byAnswerer().keySet());
  }

  private static String bootstrap(int xdsPort, int egressPort) {
    String incremental =
        EnvoyBootstrap.yaml(
            new BootstrapRequest(
                BootstrapRequest.sidecar(
                    new ServiceId("trading", "gateway"),
                    "127.0.0.1",
                    FreePorts.next(),
                    Map.of(),
                    List.of(),
                    egressPort,
                    Locality.UNKNOWN),
                List.of(new ControlPlaneAddress("127.0.0.1", xdsPort)),
                FreePorts.next()));
    assertThat(incremental).contains("DELTA_GRPC");
    return incremental.replace("DELTA_GRPC", "GRPC");
  }
}
