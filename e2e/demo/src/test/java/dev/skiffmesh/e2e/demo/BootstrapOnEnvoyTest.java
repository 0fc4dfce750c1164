package dev.skiffmesh.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.EnvoyBootstrap;
import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.Repository;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What {@code skiff bootstrap} writes is what a real Envoy starts from. */
@RequiresEnvoy
class BootstrapOnEnvoyTest {

  private static final String HTTP2_PREFACE = "PRI * HTTP/2.0";

  @TestFactory
  Stream<DynamicTest> everyGoldenIsValidAndWithoutAWarning() throws IOException {
    Path goldens =
        Repository.root().orElseThrow().resolve("proxy-bootstrap/src/test/resources/goldens");
    try (Stream<Path> cases = Files.list(goldens)) {
      List<Path> files =
          cases.map(folder -> folder.resolve("envoy.yaml")).filter(Files::exists).sorted().toList();
      assertThat(files).isNotEmpty();
      return files.stream()
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      file.getParent().getFileName().toString(),
                      () -> assertThat(Envoy.validate(file)).isEmpty()));
    }
  }

  @Test
  void envoyReadsTextAsText() throws IOException {
    Map<String, String> labels =
        Map.of(
            "version", "1.0", "canary", "yes", "build", "0x1F", "empty", "", "none", "null",
            "quote", "\"'\\", "zone", "东");
    try (Envoy envoy = Envoy.start(bootstrap(labels, ControlPlaneAddress.DEFAULT))) {
      Struct.Builder bootstrap = Struct.newBuilder();
      JsonFormat.parser().merge(envoy.get("/config_dump"), bootstrap);

      assertThat(labelsIn(bootstrap.build())).isEqualTo(labels);
    }
  }

  @Test
  void theNextControlPlaneIsAskedWhenTheFirstIsNotThere() throws IOException {
    try (ServerSocket second = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      second.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
      ControlPlaneAddress absent = new ControlPlaneAddress("127.0.0.1", FreePorts.next());
      ControlPlaneAddress present = new ControlPlaneAddress("127.0.0.1", second.getLocalPort());

      try (Envoy envoy = Envoy.start(bootstrap(Map.of(), absent, present));
          Socket connection = second.accept()) {
        assertThat(envoy.isReady()).isFalse();
        assertThat(
                new String(
                    connection.getInputStream().readNBytes(HTTP2_PREFACE.length()),
                    StandardCharsets.US_ASCII))
            .isEqualTo(HTTP2_PREFACE);
      }
    }
  }

  @Test
  void aControlPlaneThatComesLateIsFoundThoughAllWereSetAside() throws IOException {
    int port = FreePorts.next();
    ControlPlaneAddress late = new ControlPlaneAddress("127.0.0.1", port);
    ControlPlaneAddress never = new ControlPlaneAddress("127.0.0.1", FreePorts.next());
    try (Envoy envoy = Envoy.start(bootstrap(Map.of(), never, late))) {
      envoy.await(
          Duration.ofSeconds(60), () -> failures(envoy, late) > 0 && failures(envoy, never) > 0);
      try (ServerSocket server = new ServerSocket(port, 10, InetAddress.getLoopbackAddress())) {
        server.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
        try (Socket connection = server.accept()) {
          assertThat(connection.isConnected()).isTrue();
        }
      }
    }
  }

  private static long failures(Envoy envoy, ControlPlaneAddress at) {
    return Long.parseLong(
        envoy
            .endpoints(EnvoyBootstrap.CONTROL_PLANE_CLUSTER)
            .getOrDefault(at.toString(), Map.of())
            .getOrDefault("cx_connect_fail", "0"));
  }

  private static String bootstrap(
      Map<String, String> labels, ControlPlaneAddress... controlPlanes) {
    return EnvoyBootstrap.yaml(
        new BootstrapRequest(
            BootstrapRequest.sidecar(
                new ServiceId("trading", "order"),
                "127.0.0.1",
                FreePorts.next(),
                labels,
                List.of(),
                FreePorts.next(),
                Locality.UNKNOWN),
            List.of(controlPlanes),
            FreePorts.next()));
  }

  private static Map<String, String> labelsIn(Struct dump) {
    Map<String, String> labels = new TreeMap<>();
    dump.getFieldsOrThrow("configs").getListValue().getValuesList().stream()
        .map(config -> config.getStructValue().getFieldsMap())
        .filter(config -> config.containsKey("bootstrap"))
        .map(config -> config.get("bootstrap"))
        .forEach(
            bootstrap ->
                at(bootstrap.getStructValue(), "node", "metadata", "skiff", "labels")
                    .getFieldsMap()
                    .forEach((key, value) -> labels.put(key, value.getStringValue())));
    return labels;
  }

  private static Struct at(Struct from, String... path) {
    Struct struct = from;
    for (String key : path) {
      struct = struct.getFieldsOrThrow(key).getStructValue();
    }
    return struct;
  }
}
