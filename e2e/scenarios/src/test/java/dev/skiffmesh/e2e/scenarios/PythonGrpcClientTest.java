package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.GrpcService;
import dev.skiffmesh.e2e.parts.PythonGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * gRPC C-core, unmodified and from Python, follows policies and endpoints with no proxy at all. It
 * speaks state-of-the-world ADS and says its node in the first message of a stream only.
 */
class PythonGrpcClientTest {

  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final int CALLS = 1_000;

  @Test
  void itFollowsSplitsEndpointsAndRestarts(@TempDir Path folder) {
    PythonGrpc python = PythonGrpc.require();
    try (GrpcService v1 = GrpcService.start("order", Map.of("version", "v1"));
        GrpcService v2 = GrpcService.start("order", Map.of("version", "v2"));
        GrpcService more = GrpcService.start("order", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write("services/order.yaml", service(List.of(v1, v2)));
      controlPlane.write("policies/split.yaml", MeshFiles.split("split", 90, 10));
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
      try (PythonCaller caller = PythonCaller.start(python, folder, controlPlane.xdsPort())) {
        assertShare(caller, v2, 0.1);
        JsonNode proxy = awaitInSync(controlPlane);
        assertThat(proxy.toString()).contains("c-core");

        controlPlane.write("policies/split.yaml", MeshFiles.split("split", 0, 100));
        awaitAnswers(caller, v2);
        controlPlane.write("policies/split.yaml", MeshFiles.split("split", 50, 50));
        awaitAnswers(caller, v1, v2);
        assertShare(caller, v2, 0.5);

        controlPlane.write("services/order.yaml", service(List.of(v1, v2, more)));
        awaitAnswers(caller, v1, v2, more);
        controlPlane.write("services/order.yaml", service(List.of(v1, more)));
        awaitAnswers(caller, v1, more);
        assertShare(caller, more, 0.5);
        assertThat(complaints(caller.logs())).as("what gRPC complains of").isEmpty();

        controlPlane.kill();
        assertShare(caller, more, 0.5);
        controlPlane.startAgain();
        awaitInSync(controlPlane);
        assertShare(caller, more, 0.5);
        controlPlane.write("services/order.yaml", service(List.of(v1, v2)));
        controlPlane.write("policies/split.yaml", MeshFiles.split("split", 0, 1));
        awaitAnswers(caller, v2);
        assertThat(caller.call(100)).containsExactly(Map.entry(v2.id(), 100));
      }
      assertThat(complaints(controlPlane.logs())).as("what Skiff complains of").isEmpty();
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
        .get(0);
  }

  /**
   * Waits until just these instances answer; no call on the way may fail. In so many calls none
   * that is still in use stays unseen.
   */
  private static void awaitAnswers(PythonCaller caller, GrpcService... expected) {
    Set<String> ids = Stream.of(expected).map(GrpcService::id).collect(Collectors.toSet());
    Await.value(BOUND, () -> caller.call(60), answers -> answers.keySet().equals(ids));
  }

  private static void assertShare(PythonCaller caller, GrpcService instance, double share) {
    SortedMap<String, Integer> answers = caller.call(CALLS);
    double deviation = Math.sqrt(CALLS * share * (1 - share));
    assertThat(answers.getOrDefault(instance.id(), 0).doubleValue())
        .as("calls to %s of %s", instance.id(), answers)
        .isBetween(CALLS * share - 4 * deviation, CALLS * share + 4 * deviation);
  }

  /** Lines of gRPC that begin with its letters for warnings and errors, and those of Skiff. */
  private static List<String> complaints(String logs) {
    return logs.lines()
        .filter(line -> line.matches("[WEF]\\d{4}.*|.*\\b(WARN|ERROR)\\b.*"))
        // It warns of being asked to log more than errors; there is no level between.
        .filter(line -> !line.contains("Log level INFO is not suitable for production"))
        .toList();
  }

  private static String service(List<GrpcService> instances) {
    StringBuilder endpoints = new StringBuilder();
    for (GrpcService instance : instances) {
      endpoints.append(
          "    - {address: 127.0.0.1, port: %d, labels: {version: %s}}\n"
              .formatted(instance.port(), instance.labels().get("version")));
    }
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Service
    metadata: {name: order, namespace: trading}
    spec:
      ports: [{name: grpc, port: 50051, protocol: grpc}]
      endpoints:
    %s\
    """
        .formatted(endpoints);
  }
}
