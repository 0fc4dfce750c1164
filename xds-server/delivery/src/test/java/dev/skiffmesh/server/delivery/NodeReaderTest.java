package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.FindingCode;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nodes of our bootstrap, of others, and of nobody. */
class NodeReaderTest {

  @Test
  void readsWhatTheBootstrapWrites() {
    NodeReading reading =
        read(
            """
            {"id": "trading/order/10.0.0.1:8080", "cluster": "order",
             "metadata": {"skiff": {"v": 1, "service": "order", "namespace": "trading",
               "labels": {"version": "v2", "build": 7}, "address": "10.0.0.1",
               "ports": [{"name": "http", "inbound": 8080, "app": 9090, "protocol": "http"}],
               "egress": 15001, "engine": "sidecar"}, "other": [1]},
             "locality": {"zone": "z"}, "userAgentName": "envoy",
             "userAgentBuildVersion": {"version": {"majorNumber": 1, "minorNumber": 40}}}
            """);
    ProxyIdentity identity = reading.identity();
    assertThat(reading.findings()).isEmpty();
    assertThat(identity.workload().service()).isEqualTo(new ServiceId("trading", "order"));
    assertThat(identity.workload().labels())
        .containsEntry("version", "v2")
        .containsEntry("build", "7");
    assertThat(identity.address()).isEqualTo("10.0.0.1");
    assertThat(identity.ports()).containsExactly(new ProxyPort("http", 8080, 9090, Protocol.HTTP));
    assertThat(identity.egressPort()).isEqualTo(15_001);
    assertThat(identity.locality()).isEqualTo(Locality.ofZone("z"));
    assertThat(identity.dialect()).isEqualTo(new Dialect.Envoy(1, 40, true));
  }

  @Test
  void derivesFromTheIdWhatTheMetadataLacks() {
    NodeReading reading = read("{\"id\": \"trading/order/10.0.0.1:8080\"}");
    assertThat(reading.identity().workload().service())
        .isEqualTo(new ServiceId("trading", "order"));
    assertThat(reading.identity().address()).isEqualTo("10.0.0.1");
    assertThat(reading.findings())
        .isNotEmpty()
        .allMatch(finding -> finding.code() == FindingCode.UNKNOWN_IDENTITY);
  }

  @Test
  void takesEnvoysVersionAsText() {
    assertThat(
            read("{\"id\": \"p\", \"userAgentName\": \"envoy\", \"userAgentVersion\": \"1.40.0\"}")
                .identity()
                .dialect())
        .isEqualTo(new Dialect.Envoy(1, 40, true));
    assertThat(
            read("{\"id\": \"p\", \"userAgentName\": \"envoy\", \"userAgentVersion\":"
                    + " \"1.400000\"}")
                .identity()
                .dialect())
        .isEqualTo(new Dialect.Envoy(1, 0, true));
  }

  @Test
  void nobodyIsSomebody() {
    NodeReading reading = NodeReader.read(Node.getDefaultInstance(), true);
    assertThat(reading.identity().workload().service())
        .isEqualTo(new ServiceId("unknown", "unknown"));
    assertThat(reading.findings()).hasSize(3);
  }

  @Test
  void namesTheLanguageOfEachGrpcLibrary() {
    Map<String, String> agents =
        Map.of(
            "gRPC Java", "java",
            "gRPC Go", "go",
            "gRPC Node Pure JS", "node",
            "gRPC C-core osx", "c-core",
            "grpc-dotnet", "dotnet",
            "tonic-xds", "rust",
            "gRPC Cobol", "unknown");
    agents.forEach(
        (agent, language) ->
            assertThat(read("{\"userAgentName\": \"" + agent + "\"}").identity().dialect())
                .as(agent)
                .isEqualTo(new Dialect.Grpc(language)));
  }

  @Test
  void knowsTheGrpcClients() {
    assertThat(read("{\"userAgentName\": \"gRPC Java\"}").identity().dialect())
        .isEqualTo(new Dialect.Grpc("java"));
    assertThat(read("{\"userAgentName\": \"grpc-go\"}").identity().dialect())
        .isEqualTo(new Dialect.Grpc("go"));
    assertThat(read("{\"userAgentName\": \"gRPC C-core linux\"}").identity().dialect())
        .isEqualTo(new Dialect.Grpc("c-core"));
  }

  @Test
  void leavesOutWhatMakesNoSense() {
    NodeReading reading =
        read(
            """
            {"id": "x", "metadata": {"skiff": {"v": 9, "service": "No Label", "namespace": 3,
               "ports": [{"inbound": 99999, "app": 1}, {"inbound": "80", "app": 81,
               "protocol": "smtp"}, 5], "egress": "many"}}, "userAgentName": "envoy",
             "userAgentBuildVersion": {"version": {"majorNumber": 1, "minorNumber": 40}}}
            """);
    assertThat(reading.identity().ports())
        .containsExactly(new ProxyPort("tcp", 80, 81, Protocol.TCP));
    assertThat(reading.identity().egressPort()).isZero();
    assertThat(reading.findings())
        .extracting(finding -> finding.message())
        .anyMatch(message -> message.contains("`node.metadata.skiff.v` must be 1, found 9"))
        .anyMatch(message -> message.contains("ports[0]"))
        .anyMatch(message -> message.contains("'smtp'"));
  }

  private static NodeReading read(String json) {
    Node.Builder node = Node.newBuilder();
    try {
      JsonFormat.parser().merge(json, node);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(json, e);
    }
    return NodeReader.read(node.build(), true);
  }
}
