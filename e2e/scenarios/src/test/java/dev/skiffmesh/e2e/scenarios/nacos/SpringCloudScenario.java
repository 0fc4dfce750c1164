package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.alibaba.nacos.api.exception.NacosException;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.e2e.scenarios.Caller;
import dev.skiffmesh.e2e.scenarios.ControlPlaneProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three instances registered as Spring Cloud does it, called through a real Envoy: the registry's
 * weights hold, and each change shows in Envoy's own {@code /clusters} while no call fails.
 */
@RequiresEnvoy
abstract class SpringCloudScenario {

  /** From a change's acknowledgement by Nacos until Envoy has it. */
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(2);

  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final int CALLS = 2_000;
  private static final String CLUSTER = "order.trading|http";

  private final String namespace = SharedNacos.namespace();

  abstract NacosVersion version();

  @Test
  void weightsHoldAndEachChangeShowsWithoutAFailedCall(@TempDir Path folder) throws NacosException {
    NacosServer nacos = SharedNacos.open(version());
    try (ControlPlaneProcess controlPlane =
            ControlPlaneProcess.start(
                folder,
                "- {type: nacos, name: legacy, server: '%s', namespaces: [{id: %s, as: trading}]}"
                    .formatted(nacos.address(), namespace));
        SpringCloudApplication half = application(nacos, "v1", 0.5);
        SpringCloudApplication one = application(nacos, "v1", 1);
        SpringCloudApplication more = application(nacos, "v2", 2.5)) {
      controlPlane.await("/api/v1/endpoints", answer -> answer.get("items").size() == 3);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        awaitShown(caller, BOUND, "all three", all -> all.size() == 3);
        assertWeights(caller.call("order.trading", CALLS), half, one, more);

        try (LoadLoop load = caller.load("order.trading")) {
          more.weight(0);
          awaitShown(caller, SHOWN_WITHIN, "weight 0", without(more));
          more.weight(2.5);
          awaitShown(caller, SHOWN_WITHIN, "its weight again", with(more));

          one.enabled(false);
          awaitShown(caller, SHOWN_WITHIN, "disabled", without(one));
          one.enabled(true);
          awaitShown(caller, SHOWN_WITHIN, "enabled", with(one));

          half.healthy(false);
          awaitShown(caller, SHOWN_WITHIN, "unhealthy", without(half));
          half.healthy(true);
          awaitShown(caller, SHOWN_WITHIN, "healthy", with(half));

          more.deregister();
          awaitShown(caller, SHOWN_WITHIN, "gone", all -> !all.containsKey(more.address()));
          try (SpringCloudApplication added = application(nacos, "v2", 1)) {
            awaitShown(caller, SHOWN_WITHIN, "added", with(added));
            Await.until(
                BOUND,
                "the added instance answers",
                () -> load.report().byAnswerer().containsKey(added.id()));
            assertThat(load.report().failures()).isEmpty();
          }
        }
      }
    }
  }

  private SpringCloudApplication application(NacosServer nacos, String version, double weight)
      throws NacosException {
    return new SpringCloudApplication(nacos.address(), namespace, version, weight);
  }

  /** The instance takes calls, as {@code /clusters} has it. */
  private static Predicate<Map<String, Map<String, String>>> with(SpringCloudApplication one) {
    return all -> "healthy".equals(all.getOrDefault(one.address(), Map.of()).get("health_flags"));
  }

  private static Predicate<Map<String, Map<String, String>>> without(SpringCloudApplication one) {
    return with(one).negate();
  }

  private static void awaitShown(
      Caller caller,
      Duration bound,
      String what,
      Predicate<Map<String, Map<String, String>>> expected) {
    Duration took =
        Await.until(bound, what, () -> expected.test(caller.envoy().endpoints(CLUSTER)));
    System.out.printf("Envoy shows '%s' after %d ms%n", what, took.toMillis());
  }

  private static void assertWeights(
      LoadLoop.Report report,
      SpringCloudApplication half,
      SpringCloudApplication one,
      SpringCloudApplication more) {
    assertThat(report.failures()).isEmpty();
    Map.of(half, 1, one, 2, more, 5)
        .forEach(
            (application, eighths) -> {
              double share = eighths / 8.0;
              double deviation = Math.sqrt(CALLS * share * (1 - share));
              assertThat((double) report.byAnswerer().getOrDefault(application.id(), 0L))
                  .as("calls to the instance of %d eighths", eighths)
                  .isBetween(CALLS * share - 3 * deviation, CALLS * share + 3 * deviation);
            });
  }
}
