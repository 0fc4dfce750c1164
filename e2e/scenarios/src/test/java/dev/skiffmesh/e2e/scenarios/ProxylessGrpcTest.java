package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.GrpcBootstrap;
import dev.skiffmesh.e2e.parts.GrpcService;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** grpc-java's own xDS client follows the same policy with no proxy at all. */
class ProxylessGrpcTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final int CALLS = 1_000;

  @Test
  void itFollowsTheSplitAndItsStatusSaysWhatItLacks(@TempDir Path folder) {
    try (GrpcService v1 = GrpcService.start("order", Map.of("version", "v1"));
        GrpcService v2 = GrpcService.start("order", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write("services/order.yaml", service(List.of(v1, v2)));
      // What is not registered is not remembered.
      controlPlane.write(
          "services/gateway.yaml", service(List.of(v1)).replace("name: order", "name: gateway"));
      controlPlane.write("policies/split.yaml", MeshFiles.split("split", 95, 5));
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
      ManagedChannel channel = channel(controlPlane.xdsPort());
      try {
        assertThat(GrpcService.say(channel, "first")).startsWith("order-v");
        assertShare(channel, 0.05);
        assertThat(policy(controlPlane).get("conditions").get(1).get("reason").asText())
            .isEqualTo("Programmed");

        Await.until(
            BOUND,
            "its calls are reported",
            () ->
                GrpcService.say(channel, "again").startsWith("order-v")
                    && controlPlane
                        .get("/api/v1/scope")
                        .at("/items/0/uses/0/service")
                        .asText()
                        .equals("order"));

        controlPlane.write("policies/split.yaml", MeshFiles.split("split", 0, 100));
        Await.until(BOUND, "only v2 answers", () -> shareOfV2(channel, 20) == 20);
        controlPlane.write("policies/split.yaml", MeshFiles.split("split", 50, 50));
        Await.until(BOUND, "v1 answers as well", () -> shareOfV2(channel, 20) < 20);
        assertShare(channel, 0.5);

        controlPlane.write(
            "policies/split.yaml",
            MeshFiles.split("split", 50, 50) + "      mirror: {labels: {version: v1}}\n");
        JsonNode programmed =
            controlPlane
                .await(
                    "/api/v1/policies",
                    answer ->
                        answer
                            .get("items")
                            .get(0)
                            .get("conditions")
                            .get(1)
                            .get("reason")
                            .asText()
                            .equals("PartiallyProgrammed"))
                .get("items")
                .get(0)
                .get("conditions")
                .get(1);
        assertThat(programmed.get("message").asText()).contains("grpc java").contains("mirror");
        assertShare(channel, 0.5);

        controlPlane.write("services/order.yaml", service(List.of(v2)));
        controlPlane.write("policies/split.yaml", MeshFiles.split("split", 0, 1));
        Await.until(
            BOUND, "the instance that left gets no call", () -> shareOfV2(channel, 20) == 20);

        // What blocks does not let through.
        controlPlane.write("policies/closed.yaml", MeshFiles.closed());
        Await.until(BOUND, "the rule that replies blocks", () -> isRefused(channel));
        controlPlane.write("policies/closed.yaml", "");
        Await.until(BOUND, "and no more", () -> !isRefused(channel));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static boolean isRefused(ManagedChannel channel) {
    try {
      GrpcService.say(channel, "closed?");
      return false;
    } catch (StatusRuntimeException refused) {
      return refused.getStatus().getCode() == Status.Code.UNAVAILABLE;
    }
  }

  private static JsonNode policy(ControlPlaneProcess controlPlane) {
    return controlPlane
        .await(
            "/api/v1/policies",
            answer -> answer.get("items").get(0).get("proxies").get("acked").asInt() == 1)
        .get("items")
        .get(0);
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

  /** The client reads its bootstrap once in a JVM; no other test here has one. */
  private static ManagedChannel channel(int xdsPort) {
    System.setProperty(
        "io.grpc.xds.bootstrapConfig",
        GrpcBootstrap.json(
            new BootstrapRequest(
                BootstrapRequest.sidecar(
                    new ServiceId("trading", "gateway"),
                    "127.0.0.1",
                    9000,
                    Map.of(),
                    List.of(),
                    0,
                    Locality.UNKNOWN),
                List.of(new ControlPlaneAddress("127.0.0.1", xdsPort)),
                BootstrapRequest.DEFAULT_ADMIN_PORT)));
    return Grpc.newChannelBuilder("xds:///order.trading", InsecureChannelCredentials.create())
        .build();
  }

  private static void assertShare(ManagedChannel channel, double share) {
    double deviation = Math.sqrt(CALLS * share * (1 - share));
    assertThat((double) shareOfV2(channel, CALLS))
        .isBetween(CALLS * share - 3 * deviation, CALLS * share + 3 * deviation);
  }

  private static int shareOfV2(ManagedChannel channel, int calls) {
    int v2 = 0;
    for (int i = 0; i < calls; i++) {
      v2 += GrpcService.say(channel, "call " + i).startsWith("order-v2") ? 1 : 0;
    }
    return v2;
  }
}
