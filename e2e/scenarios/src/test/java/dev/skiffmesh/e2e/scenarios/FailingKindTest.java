package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.server.status.MeshReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kind with a defect, beside a real Envoy under load: what it does not concern goes on. */
@RequiresEnvoy
class FailingKindTest {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int SERVICES = 1_000;
  private static final int FLIPS = 6;

  @Test
  void onOneServiceOfAThousandTheOthersRoutesGoOnChanging(@TempDir Path folder) {
    ThrowingKind kind = new ThrowingKind();
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        EmbeddedMesh mesh = EmbeddedMesh.start(folder, "All", kind.amongAll())) {
      mesh.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      mesh.write("services/unlucky.yaml", MeshFiles.service("unlucky", List.of(v1, v2)));
      mesh.write("services/others.yaml", others());
      mesh.write("policies/throwing.yaml", ThrowingKind.DOCUMENT);
      mesh.await(report -> report.world().services().size() == SERVICES);
      try (Caller caller = Caller.start("gateway", mesh.xdsPort());
          LoadLoop order = caller.load("order.trading");
          LoadLoop unlucky = caller.load("unlucky.trading")) {
        for (int flip = 0; flip < FLIPS; flip++) {
          // The unlucky service goes on without the kind's policies, and with all others.
          for (String service : List.of("order", "unlucky")) {
            mesh.write("policies/" + service + ".yaml", split(service, flip % 2));
            awaitAnswers(caller, service, flip % 2);
          }
        }
        MeshReport report =
            mesh.await(
                now ->
                    now.policies().size() == 3
                        && now.policies().stream()
                            .filter(policy -> !policy.status().policy().kind().equals("Throwing"))
                            .allMatch(policy -> programmed(policy.status().programmed().reason())));
        assertThat(failed(report))
            .singleElement()
            .satisfies(
                finding -> {
                  assertThat(finding.subject()).isEqualTo("Throwing trading/throwing");
                  assertThat(finding.message())
                      .contains("trading/unlucky:80", "thrown by the test");
                });
        assertThat(
                report
                    .policy(new DocumentKey("Throwing", "trading", "throwing"))
                    .orElseThrow()
                    .status()
                    .programmed()
                    .message())
            .contains("trading/unlucky:80");
        assertThat(order.report().failures()).isEmpty();
        assertThat(unlucky.report().failures()).isEmpty();
      }
    }
  }

  @Test
  void whileNoEvaluationEndsEndpointsGoOnAndAfterwardsAllDoes(@TempDir Path folder) {
    ThrowingKind kind = new ThrowingKind();
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        EmbeddedMesh mesh = EmbeddedMesh.start(folder, "All", kind.amongAll())) {
      mesh.write("services/order.yaml", MeshFiles.service("order", List.of(v1)));
      mesh.write("services/stock.yaml", MeshFiles.service("stock", List.of(v1, v2)));
      mesh.write("policies/stock.yaml", split("stock", 0));
      mesh.write("policies/throwing.yaml", ThrowingKind.DOCUMENT);
      mesh.await(report -> report.world().services().size() == 2 && report.policies().size() == 2);
      try (Caller caller = Caller.start("gateway", mesh.xdsPort());
          LoadLoop order = caller.load("order.trading");
          LoadLoop stock = caller.load("stock.trading")) {
        kind.evaluationsFail.set(true);
        mesh.write("policies/stock.yaml", split("stock", 1));
        mesh.await(report -> !failed(report).isEmpty());
        for (int flip = 0; flip < FLIPS; flip++) {
          HttpService instance = flip % 2 == 0 ? v2 : v1;
          mesh.write("services/order.yaml", MeshFiles.service("order", List.of(instance)));
          awaitAnswers(caller, "order", (flip + 1) % 2);
        }
        // What could not be evaluated did not change, and it is said.
        assertThat(caller.call("stock.trading", 10).answeredBy("order-v1")).isEqualTo(10);
        assertThat(mesh.await(report -> !failed(report).isEmpty()).findings())
            .anySatisfy(finding -> assertThat(finding.message()).contains("thrown by the test"));

        kind.evaluationsFail.set(false);
        awaitAnswers(caller, "stock", 1);
        mesh.await(report -> failed(report).isEmpty());
        assertThat(order.report().failures()).isEmpty();
        assertThat(stock.report().failures()).isEmpty();
      }
    }
  }

  private static boolean programmed(Reason reason) {
    return reason == Reason.PROGRAMMED;
  }

  private static List<Finding> failed(MeshReport report) {
    return report.findings().stream()
        .filter(finding -> finding.code() == FindingCode.TRANSLATION_FAILED)
        .toList();
  }

  /** Sends all calls of a service to its first or second version. */
  private static String split(String service, int to) {
    return MeshFiles.split(service, 100 * (1 - to), 100 * to)
        .replace("name: order}", "name: " + service + "}");
  }

  private static void awaitAnswers(Caller caller, String service, int to) {
    Await.until(
        BOUND,
        "calls of " + service + " to change over",
        () -> caller.call(service + ".trading", 10).answeredBy("order-v" + (to + 1)) == 10);
  }

  private static String others() {
    return IntStream.range(2, SERVICES)
        .mapToObj(
            number ->
                """
                apiVersion: skiffmesh.dev/v1alpha1
                kind: Service
                metadata: {name: other-%d, namespace: trading}
                spec:
                  ports: [{name: http, port: 80, protocol: http}]
                  endpoints: [{address: 10.0.%d.%d, port: 8080}]
                """
                    .formatted(number, number / 250, number % 250))
        .collect(Collectors.joining("---\n"));
  }
}
