package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingCall;
import dev.skiffmesh.server.delivery.testing.TestingControl;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A service for each type beside ADS, over real gRPC. */
class SingleTypeServicesTest {

  private static final Node NODE = Node.newBuilder().setId("p").build();

  private final TestingControl control = new TestingControl();
  private final ManagedChannel channel =
      NettyChannelBuilder.forAddress("127.0.0.1", control.port()).usePlaintext().build();

  @AfterEach
  void stop() {
    channel.shutdownNow();
    control.close();
  }

  static Stream<DiscoveryService> services() {
    return DiscoveryService.all().stream().filter(service -> service.only() != null);
  }

  @ParameterizedTest
  @MethodSource("services")
  void inDeltaTheTypeIsThatOfTheService(DiscoveryService service) {
    ResourceKind kind = service.only();
    control.publish(TestingSnapshot.EMPTY.with(TestingSnapshot.of(kind, name(kind), 1)));
    try (var call = new TestingCall<>(channel, service.delta())) {
      call.write(deltaRequest(kind).build());
      DeltaDiscoveryResponse response = call.read();
      assertThat(response.getTypeUrl()).isEqualTo(kind.typeUrl());
      assertThat(response.getResourcesList())
          .extracting(resource -> resource.getName())
          .containsExactly(name(kind));
      // Its own type by name is as good as none.
      call.write(
          DeltaDiscoveryRequest.newBuilder()
              .setTypeUrl(kind.typeUrl())
              .setResponseNonce(response.getNonce())
              .build());
      control.await("the answer", () -> control.answers().size() == 1);
      call.write(DeltaDiscoveryRequest.newBuilder().setTypeUrl(other(kind).typeUrl()).build());
      assertRefused(call.end(), kind, other(kind));
    }
  }

  @ParameterizedTest
  @MethodSource("services")
  void inStateOfTheWorldTheTypeIsThatOfTheService(DiscoveryService service) {
    ResourceKind kind = service.only();
    if (service.sotw() == null) {
      assertThat(kind).as("delta only, see vhds.proto").isEqualTo(ResourceKind.VIRTUAL_HOST);
      return;
    }
    control.publish(TestingSnapshot.EMPTY.with(TestingSnapshot.of(kind, name(kind), 1)));
    try (var call = new TestingCall<>(channel, service.sotw())) {
      call.write(DiscoveryRequest.newBuilder().setNode(NODE).addResourceNames(name(kind)).build());
      DiscoveryResponse response = call.read();
      assertThat(response.getTypeUrl()).isEqualTo(kind.typeUrl());
      assertThat(response.getResourcesCount()).isEqualTo(1);
      call.write(DiscoveryRequest.newBuilder().setTypeUrl(other(kind).typeUrl()).build());
      assertRefused(call.end(), kind, other(kind));
    }
  }

  @Test
  void aFirstRequestOfAnotherTypeIsNobodysStream() {
    try (var call =
        new TestingCall<>(channel, SecretDiscoveryServiceGrpc.getDeltaSecretsMethod())) {
      call.write(
          DeltaDiscoveryRequest.newBuilder()
              .setNode(NODE)
              .setTypeUrl(ResourceKind.CLUSTER.typeUrl())
              .build());
      assertRefused(call.end(), ResourceKind.SECRET, ResourceKind.CLUSTER);
      assertThat(control.streams()).isEmpty();
    }
  }

  @Test
  void aSecretThatDoesNotExistIsAnsweredAndFollowsWhenItDoes() {
    control.publish(TestingSnapshot.EMPTY);
    try (var call =
        new TestingCall<>(channel, SecretDiscoveryServiceGrpc.getDeltaSecretsMethod())) {
      call.write(
          DeltaDiscoveryRequest.newBuilder()
              .setNode(NODE)
              .addResourceNamesSubscribe("key")
              .build());
      DeltaDiscoveryResponse none = call.read();
      assertThat(none.getRemovedResourcesList()).containsExactly("key");
      assertThat(none.getResourcesList()).isEmpty();
      call.write(DeltaDiscoveryRequest.newBuilder().setResponseNonce(none.getNonce()).build());
      control.await("the answer", () -> control.answers().size() == 1);

      control.publish(
          TestingSnapshot.EMPTY.with(TestingSnapshot.of(ResourceKind.SECRET, "key", 1)));
      DeltaDiscoveryResponse key = call.read();
      assertThat(key.getResourcesList()).extracting(one -> one.getName()).containsExactly("key");
    }
  }

  @Test
  void streamsOfOneProxyLiveTogether() {
    control.publish(TestingSnapshot.EMPTY.withService("a", 1).withService("b", 1));
    DiscoveryService eds =
        services().filter(one -> one.only().equals(ResourceKind.ENDPOINT)).findAny().orElseThrow();
    try (var a = new TestingCall<>(channel, eds.delta());
        var b = new TestingCall<>(channel, eds.delta())) {
      for (var each : List.of(a, b)) {
        each.write(
            DeltaDiscoveryRequest.newBuilder()
                .setNode(NODE)
                .addResourceNamesSubscribe(each == a ? "a" : "b")
                .build());
        DeltaDiscoveryResponse first = each.read();
        each.write(DeltaDiscoveryRequest.newBuilder().setResponseNonce(first.getNonce()).build());
      }
      control.publish(TestingSnapshot.EMPTY.withService("a", 2).withService("b", 2));
      assertThat(a.read().getResources(0).getName()).isEqualTo("a");
      assertThat(b.read().getResources(0).getName()).isEqualTo("b");
    }
  }

  private static DeltaDiscoveryRequest.Builder deltaRequest(ResourceKind kind) {
    return DeltaDiscoveryRequest.newBuilder().setNode(NODE).addResourceNamesSubscribe(name(kind));
  }

  private static String name(ResourceKind kind) {
    return kind.equals(ResourceKind.VIRTUAL_HOST) ? "routes/a" : "a";
  }

  private static ResourceKind other(ResourceKind kind) {
    return kind.equals(ResourceKind.CLUSTER) ? ResourceKind.ENDPOINT : ResourceKind.CLUSTER;
  }

  private static void assertRefused(Status end, ResourceKind only, ResourceKind found) {
    assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.getDescription())
        .isEqualTo(
            "`type_url` must be '"
                + only.typeUrl()
                + "' or empty, found '"
                + found.typeUrl()
                + "'");
  }
}
