package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.GrpcService;
import dev.skiffmesh.e2e.parts.HttpConnection;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a TimeoutPolicy cuts on a real Envoy, and what it leaves alone. */
@RequiresEnvoy
class TimeoutTest {

  private static final Duration BOUND = Duration.ofSeconds(30);

  /** Long for the policies here, short for a test. */
  private static final Duration SLOW = Duration.ofMillis(2_500);

  private HttpService order;
  private Server quote;
  private ControlPlaneProcess controlPlane;
  private Caller caller;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    order = HttpService.start("order", Map.of("version", "v1"));
    quote =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder("skiff.e2e.Echo")
                    .addMethod(
                        GrpcService.SAY,
                        ServerCalls.asyncUnaryCall(
                            (request, response) -> {
                              pause();
                              response.onNext("late " + request);
                              response.onCompleted();
                            }))
                    .build())
            .build()
            .start();
    controlPlane = ControlPlaneProcess.withFiles(folder);
    controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(order)));
    controlPlane.write(
        "services/quote.yaml",
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: quote, namespace: trading}
        spec:
          ports: [{name: mixed, port: 8080, protocol: http2}]
          endpoints: [{address: 127.0.0.1, port: %d}]
        """
            .formatted(quote.getPort()));
    controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 2);
    caller = Caller.start("gateway", controlPlane.xdsPort());
  }

  @AfterEach
  void stop() {
    caller.close();
    controlPlane.close();
    quote.shutdownNow();
    order.close();
  }

  /** Stands for a service that takes its time; nothing waits for it to be over. */
  private static void pause() {
    try {
      Thread.sleep(SLOW);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void requestCutsCallsThatTakeLongerAndItsEndLeavesThemAlone() throws IOException {
    assertThat(call("/delay/2500")).isEqualTo(200);

    controlPlane.write("policies/patience.yaml", MeshFiles.timeout("patience", "order", "1s"));
    awaitProgrammed();
    assertThat(call("/delay/2500")).isEqualTo(504);
    assertThat(call("/")).isEqualTo(200);

    controlPlane.write("policies/patience.yaml", MeshFiles.timeout("patience", "order", "20s"));
    Await.until(BOUND, "the longer one is in force", () -> callsAreAnswered("/delay/2500"));

    controlPlane.write("policies/patience.yaml", MeshFiles.timeout("patience", "order", "1s"));
    Await.until(BOUND, "the shorter one is in force", () -> !callsAreAnswered("/delay/2500"));
    controlPlane.delete("policies/patience.yaml");
    Await.until(BOUND, "there is none", () -> callsAreAnswered("/delay/2500"));
  }

  @Test
  void idleCutsAResponseThatSaysNothingForLonger() throws IOException {
    controlPlane.write(
        "policies/patience.yaml",
        MeshFiles.timeout("patience", "order", "1s").replace("request:", "idle:"));
    awaitProgrammed();

    assertThat(call("/delay/2500")).isEqualTo(504);
    assertThat(call("/")).isEqualTo(200);
  }

  @Test
  void requestNeverCutsAGrpcCallAlsoWhereOtherCallsShareThePort() throws InterruptedException {
    controlPlane.write("policies/patience.yaml", MeshFiles.timeout("patience", "quote", "1s"));
    awaitProgrammed();
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", caller.egressPort(), InsecureChannelCredentials.create())
            .overrideAuthority("quote.trading")
            .build();
    try {
      assertThat(GrpcService.say(channel, "but well")).isEqualTo("late but well");
    } finally {
      channel.shutdownNow();
    }
  }

  private boolean callsAreAnswered(String path) {
    try {
      return call(path) == 200;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private int call(String path) throws IOException {
    try (HttpConnection connection = new HttpConnection(caller.egressPort(), BOUND)) {
      return connection.get(path, Map.of("host", "order.trading")).status();
    }
  }

  private void awaitProgrammed() {
    controlPlane.await(
        "/api/v1/policies",
        answer ->
            !answer.get("items").isEmpty()
                && answer
                    .get("items")
                    .get(0)
                    .get("conditions")
                    .get(1)
                    .get("status")
                    .asText()
                    .equals("True"));
  }
}
