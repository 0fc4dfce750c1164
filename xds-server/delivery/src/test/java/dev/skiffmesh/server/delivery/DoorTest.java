package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.testing.TestingCall;
import dev.skiffmesh.server.delivery.testing.TestingControl;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who gets through the port's door, over real gRPC. */
class DoorTest {

  private static final TestingSnapshot WORLD = TestingSnapshot.EMPTY.withService("a", 1);

  private static final MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> ADS =
      AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod();

  static Stream<MethodDescriptor<?, ?>> methods() {
    return Stream.of(
        ADS,
        AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod(),
        ClientStatusDiscoveryServiceGrpc.getStreamClientStatusMethod());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void what_is_no_message_is_an_invalid_argument(MethodDescriptor<?, ?> method) {
    try (TestingControl control = new TestingControl();
        Peer peer = new Peer(control.port());
        var call = new TestingCall<>(peer.channel, raw(method))) {
      call.write(new byte[] {(byte) 0xff, 1, 2, 3});
      assertThat(call.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void one_that_served_well_and_then_writes_no_message_is_ended_alone() {
    try (TestingControl control = new TestingControl();
        Peer peer = new Peer(control.port());
        var bad = new TestingCall<>(peer.channel, raw(ADS));
        TestingDeltaProxy good = TestingDeltaProxy.likeEnvoy(control.port(), "good").connect()) {
      control.publish(WORLD);
      good.awaitReceived("cluster +a");
      bad.write(
          DeltaDiscoveryRequest.newBuilder()
              .setNode(Node.newBuilder().setId("bad"))
              .setTypeUrl("type.googleapis.com/no.such.Type")
              .build()
              .toByteArray());
      control.await("both", () -> control.streams().size() == 2);
      bad.write(new byte[] {(byte) 0xff});
      assertThat(bad.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      control.await("that the loop is told", () -> control.streams().size() == 1);
      assertThat(good.ended()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void a_stream_that_says_nothing_ends(MethodDescriptor<?, ?> method) {
    try (TestingControl control =
            new TestingControl(
                DeliverySettings.DEFAULTS.withSilence(Duration.ofMillis(20)),
                DeliveryMetrics.NONE);
        Peer peer = new Peer(control.port());
        var call = new TestingCall<>(peer.channel, raw(method))) {
      assertThat(call.end().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(control.registry().findings())
          .extracting(finding -> finding.code())
          .containsExactly(FindingCode.LIMIT_REACHED);
    }
  }

  @Test
  void silent_streams_use_up_no_place_of_a_proxy() {
    try (TestingControl control =
            new TestingControl(new DeliverySettings(1, 100), DeliveryMetrics.NONE);
        TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p")) {
      control.publish(WORLD);
      List<Peer> peers = new ArrayList<>();
      List<TestingCall<byte[], byte[]>> silent = new ArrayList<>();
      for (int i = 0; i < DeliverySettings.NEWCOMERS_OF_HOST + 30; i++) {
        if (i % 30 == 0) {
          peers.add(new Peer(control.port()));
        }
        silent.add(new TestingCall<>(peers.getLast().channel, raw(ADS)));
      }
      control.await(
          "that the oldest went",
          () -> control.registry().findings().stream().anyMatch(DoorTest::isLimit));
      proxy.connect();
      proxy.awaitReceived("cluster +a");
      silent.forEach(TestingCall::close);
      peers.forEach(Peer::close);
    }
  }

  @Test
  void a_place_is_given_back_by_whoever_leaves_however_it_does() {
    try (TestingControl control =
        new TestingControl(new DeliverySettings(2, 10_000), DeliveryMetrics.NONE)) {
      control.publish(WORLD);
      for (int i = 0; i < 20; i++) {
        try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p" + i)) {
          proxy.connect();
          proxy.awaitReceived("cluster +a");
          if (i % 2 == 0) {
            control.delivery().close(control.streams().getFirst(), "go");
            proxy.awaitEnd();
          }
        }
        control.await("that it has left", () -> control.streams().isEmpty());
      }
    }
  }

  @Test
  void an_id_without_end_is_refused() {
    try (TestingControl control = new TestingControl();
        TestingDeltaProxy proxy =
            TestingDeltaProxy.likeEnvoy(control.port(), "x".repeat(5_000)).connect()) {
      Status end = proxy.awaitEnd();
      assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(end.getDescription())
          .isEqualTo("`node.id` must have at most 1024 characters, found 5000");
    }
  }

  private static boolean isLimit(dev.skiffmesh.api.status.Finding finding) {
    return finding.code() == FindingCode.LIMIT_REACHED;
  }

  private static MethodDescriptor<byte[], byte[]> raw(MethodDescriptor<?, ?> method) {
    return method.toBuilder(new Raw(), new Raw()).build();
  }

  /** A connection of its own. */
  private static final class Peer implements AutoCloseable {
    private final ManagedChannel channel;

    Peer(int port) {
      channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  /** Bytes as they are. */
  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("bytes in memory can be read", e);
      }
    }
  }
}
