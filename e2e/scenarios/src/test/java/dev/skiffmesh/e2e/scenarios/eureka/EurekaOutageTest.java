package dev.skiffmesh.e2e.scenarios.eureka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.e2e.parts.eureka.EurekaServer;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.e2e.scenarios.Caller;
import dev.skiffmesh.e2e.scenarios.ControlPlaneProcess;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eureka is restarted under load: it knows nobody until its clients come back. */
@RequiresEnvoy
class EurekaOutageTest {

  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String CLUSTER = "order.trading|http";

  /** So many calls more are made while Eureka knows nobody. */
  private static final long CALLS = 2_000;

  @Test
  void noCallFailsWhileEurekaKnowsNobody(@TempDir Path folder) throws Exception {
    try (HttpService application = HttpService.start("order", Map.of());
        EurekaServer server = EurekaServer.start();
        RealEureka eureka = new RealEureka(server)) {
      List<Instance> instances = List.of(Instance.of("order", "127.0.0.1", application.port()));
      eureka.put(instances);
      try (ControlPlaneProcess controlPlane =
              ControlPlaneProcess.start(
                  folder,
                  ("- {type: eureka, name: netflix, servers: ['http://127.0.0.1:%d/eureka'],"
                          + " namespace: trading, poll-interval: 500ms}")
                      .formatted(eureka.link().port()),
                  "guard: {hold-time: 60s}");
          Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop load = caller.load("ORDER")) {
        Await.value(BOUND, () -> caller.envoy().endpoints(CLUSTER).size(), now -> now == 1);
        long known = load.report().calls();
        Await.value(BOUND, () -> load.report().calls(), now -> now > known + CALLS);

        server.restart();
        controlPlane.await("/api/v1/findings", found -> found.toString().contains("SKF1209"));
        long before = load.report().calls();
        Await.value(BOUND, () -> load.report().calls(), now -> now > before + CALLS);
        assertThat(caller.envoy().endpoints(CLUSTER)).hasSize(1);

        eureka.putAgain();
        controlPlane.await("/api/v1/findings", found -> !found.toString().contains("SKF1209"));
        assertThat(load.report().failures()).isEmpty();
        System.out.printf("%d calls, none failed%n", load.report().calls());
      }
    }
  }
}
