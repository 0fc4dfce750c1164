package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import io.grpc.Drainable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
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
          List.of("gone"),
          new TreeMap<>(),
          false);

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
    assertThat(parsed.getControlPlane().getIdentifier()).isEqualTo("skiff/a/1");
  }

  @Test
  void stateOfTheWorld() throws IOException {
    DiscoveryResponse parsed = DiscoveryResponse.parseFrom(drained(false));
    assertThat(parsed.getVersionInfo()).isEqualTo("v");
    assertThat(parsed.getControlPlane().getIdentifier()).isEqualTo("skiff/a/1");
    assertThat(cluster(parsed.getResources(1))).isEqualTo("ü");
  }

  @Test
  void readingByteByByteIsTheSame() throws IOException {
    for (boolean incremental : List.of(true, false)) {
      byte[] read =
          new ResponseMarshaller(incremental, "skiff/a/1").stream(RESPONSE).readAllBytes();
      assertThat(read).isEqualTo(drained(incremental));
      assertThat(read).hasSize(new ResponseMarshaller(incremental, "skiff/a/1").size(RESPONSE));
    }
  }

  @Test
  void aTtlGoesBesideTheBodyInDeltaAndAroundItInStateOfTheWorld() throws IOException {
    StreamResponse first = runtime(false);
    var delta = DeltaDiscoveryResponse.parseFrom(drained(true, first)).getResources(0);
    assertThat(delta.getTtl().getSeconds()).isEqualTo(15);
    assertThat(delta.getResource().unpack(Runtime.class).getName()).isEqualTo("runs");
    Any any = DiscoveryResponse.parseFrom(drained(false, first)).getResources(0);
    var wrapped = any.unpack(io.envoyproxy.envoy.service.discovery.v3.Resource.class);
    assertThat(wrapped.getName()).isEqualTo("runs");
    assertThat(wrapped.getTtl().getSeconds()).isEqualTo(15);
    assertThat(wrapped.getResource().unpack(Runtime.class).getName()).isEqualTo("runs");
  }

  @Test
  void aRenewalHasNoBodyInDelta() throws IOException {
    StreamResponse renewal = runtime(true);
    var delta = DeltaDiscoveryResponse.parseFrom(drained(true, renewal)).getResources(0);
    assertThat(delta.hasResource()).isFalse();
    assertThat(delta.getName()).isEqualTo("runs");
    assertThat(delta.getVersion()).isEqualTo(renewal.resources().getFirst().version());
    assertThat(delta.getTtl().getSeconds()).isEqualTo(15);
    Any any = DiscoveryResponse.parseFrom(drained(false, renewal)).getResources(0);
    assertThat(any.unpack(io.envoyproxy.envoy.service.discovery.v3.Resource.class).hasResource())
        .isTrue();
  }

  private static StreamResponse runtime(boolean renewal) {
    return new StreamResponse(
        ResourceKind.RUNTIME,
        "1.8",
        "v",
        List.of(TestingSnapshot.runtime("runs", 1)),
        new TreeMap<>(),
        List.of(),
        List.of(),
        new TreeMap<>(Map.of("runs", Duration.ofSeconds(15))),
        renewal);
  }

  private static byte[] drained(boolean incremental) throws IOException {
    return drained(incremental, RESPONSE);
  }

  private static byte[] drained(boolean incremental, StreamResponse response) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ((Drainable) new ResponseMarshaller(incremental, "skiff/a/1").stream(response)).drainTo(bytes);
    assertThat(bytes.size())
        .isEqualTo(new ResponseMarshaller(incremental, "skiff/a/1").size(response));
    return bytes.toByteArray();
  }

  private static String cluster(Any any) throws InvalidProtocolBufferException {
    return any.unpack(Cluster.class).getName();
  }
}
