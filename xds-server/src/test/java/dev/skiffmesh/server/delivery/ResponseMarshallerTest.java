package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Drainable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The bytes that are written by hand are those of the generated messages. */
class ResponseMarshallerTest {

  private static final StreamResponse RESPONSE =
      new StreamResponse(
          ResourceKind.CLUSTER,
          "1.7",
          "v",
          List.of(TestingSnapshot.cluster("a", 1), TestingSnapshot.cluster("ü", 2)),
          new TreeMap<>(Map.of("a", List.of("a:80", "a.b"))),
          List.of("nobody"),
          List.of("gone"));

  @Test
  void delta() throws IOException {
    DeltaDiscoveryResponse parsed = DeltaDiscoveryResponse.parseFrom(drained(true));
    assertThat(parsed.getNonce()).isEqualTo("1.7");
    assertThat(parsed.getTypeUrl()).isEqualTo(ResourceKind.CLUSTER.typeUrl());
    assertThat(parsed.getResources(1).getName()).isEqualTo("ü");
    assertThat(parsed.getResources(1).getVersion())
        .isEqualTo(TestingSnapshot.cluster("ü", 2).version());
    assertThat(cluster(parsed.getResources(0).getResource())).isEqualTo("a");
    assertThat(parsed.getResources(0).getAliasesList()).containsExactly("a:80", "a.b");
    assertThat(parsed.getResources(2).getAliasesList()).containsExactly("nobody");
    assertThat(parsed.getResources(2).hasResource()).isFalse();
    assertThat(parsed.getRemovedResourcesList()).containsExactly("gone");
  }

  @Test
  void stateOfTheWorld() throws IOException {
    DiscoveryResponse parsed = DiscoveryResponse.parseFrom(drained(false));
    assertThat(parsed.getVersionInfo()).isEqualTo("v");
    assertThat(cluster(parsed.getResources(1))).isEqualTo("ü");
  }

  @Test
  void readingByteByByteIsTheSame() throws IOException {
    for (boolean incremental : List.of(true, false)) {
      byte[] read = new ResponseMarshaller(incremental).stream(RESPONSE).readAllBytes();
      assertThat(read).isEqualTo(drained(incremental));
      assertThat(read).hasSize(new ResponseMarshaller(incremental).size(RESPONSE));
    }
  }

  private static byte[] drained(boolean incremental) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ((Drainable) new ResponseMarshaller(incremental).stream(RESPONSE)).drainTo(bytes);
    return bytes.toByteArray();
  }

  private static String cluster(Any any) throws InvalidProtocolBufferException {
    return any.unpack(Cluster.class).getName();
  }
}
