package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.skiffmesh.server.delivery.testing.TestingCall;
import dev.skiffmesh.server.delivery.testing.TestingControl;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is let in, who is ended, and that nobody disturbs anybody else. */
class StreamLifeTest {

  private static final TestingSnapshot WORLD = TestingSnapshot.EMPTY.withService("a", 1);

  private final TestingControl control = new TestingControl();

  @AfterEach
  void stop() {
    control.close();
  }

  @Test
  void nobodyIsLetInWhileThereIsNothingToServe() {
    control.delivery().accepting(false);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect()) {
      assertThat(proxy.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      control.delivery().accepting(true);
      control.publish(WORLD);
      proxy.connect();
      proxy.awaitReceived("cluster +a");
    }
  }

  @Test
  void noMoreStreamsThanAllowed() {
    try (TestingControl small =
            new TestingControl(new DeliverySettings(1, 100), DeliveryMetrics.NONE);
        TestingDeltaProxy first = TestingDeltaProxy.likeEnvoy(small.port(), "1");
        TestingDeltaProxy second = TestingDeltaProxy.likeEnvoy(small.port(), "2")) {
      small.publish(WORLD);
      first.connect();
      first.awaitReceived("cluster +a");
      second.connect();
      assertThat(second.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void aStreamIsEndedWithTheReasonThatItsProxyLogs() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect()) {
      proxy.awaitReceived("cluster +a");
      control.delivery().close(control.streams().getFirst(), "a newer stream of 'p' has come");
      Status end = proxy.awaitEnd();
      assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(end.getDescription()).isEqualTo("a newer stream of 'p' has come");
      control.await("that the loop is told", () -> control.streams().isEmpty());
    }
  }

  /** Nothing else happens on the stream: it is its own clock. */
  @Test
  void aGrpcClientThatGoesOnNamingWhatIsGoneIsToldAfterAWhile() {
    DeliverySettings quick = DeliverySettings.DEFAULTS.withTick(Duration.ofMillis(20));
    TestingControl small = new TestingControl(quick, DeliveryMetrics.NONE);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", small.port()).usePlaintext().build();
    try (small;
        var call =
            new TestingCall<>(
                channel, AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod())) {
      small.publish(WORLD);
      call.write(
          DiscoveryRequest.newBuilder()
              .setNode(Node.newBuilder().setId("p").setUserAgentName("gRPC Java"))
              .setTypeUrl(ResourceKind.CLUSTER.typeUrl())
              .addResourceNames("a")
              .build());
      DiscoveryResponse first = call.read();
      assertThat(first.getResourcesCount()).isEqualTo(1);
      call.write(
          DiscoveryRequest.newBuilder()
              .setTypeUrl(ResourceKind.CLUSTER.typeUrl())
              .addResourceNames("a")
              .setVersionInfo(first.getVersionInfo())
              .setResponseNonce(first.getNonce())
              .build());
      small.publish(TestingSnapshot.EMPTY);
      assertThat(call.read().getResourcesCount()).isZero();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void anUnknownTypeAndAStaleNonceEndNothing() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.manual(control.port(), "p").connect()) {
      proxy.request(
          DeltaDiscoveryRequest.newBuilder().setTypeUrl("type.googleapis.com/no.such.Type"));
      proxy.request(
          DeltaDiscoveryRequest.newBuilder()
              .setTypeUrl(ResourceKind.CLUSTER.typeUrl())
              .setResponseNonce("from another life")
              .addResourceNamesSubscribe("a"));
      proxy.awaitReceived("cluster +a");
    }
  }

  @Test
  void aNameThatDoesNotExistIsAnswered() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.manual(control.port(), "p").connect()) {
      proxy.ask(ResourceKind.ENDPOINT, "nobody");
      proxy.awaitReceived("endpoint +nobody");
      proxy.ask(ResourceKind.VIRTUAL_HOST, "rc/nobody");
      proxy.awaitReceived("virtual-host ?rc/nobody");
      proxy.ask(ResourceKind.RUNTIME, "skiff-runs");
      proxy.awaitReceived("runtime +skiff-runs");
    }
  }

  @Test
  void oneThatDoesNotReadCostsBoundedMemoryAndDisturbsNobody() {
    control.publish(big(0));
    try (TestingDeltaProxy slow = TestingDeltaProxy.manual(control.port(), "slow").connect();
        TestingDeltaProxy quick = TestingDeltaProxy.manual(control.port(), "quick").connect()) {
      slow.ask(ResourceKind.ENDPOINT, names());
      quick.ask(ResourceKind.ENDPOINT, names());
      String row = "endpoint +" + String.join(" +", names());
      slow.awaitReceived(row);
      quick.awaitReceived(row);
      slow.stopReading();
      slow.forgetReceived();
      for (int revision = 1; revision <= 200; revision++) {
        control.publish(big(revision));
      }
      String last = big(200).version(ResourceKind.ENDPOINT, "s0");
      quick.awaitAccepted(ResourceKind.ENDPOINT, "s0", last);
      slow.readOn();
      slow.awaitAccepted(ResourceKind.ENDPOINT, "s0", last);
      // What it missed was never queued: one response was under way, one has the newest.
      assertThat(slow.received()).hasSizeLessThanOrEqualTo(4);
    }
  }

  @Test
  void whatIsPublishedCountsBeforeTheStreamHasLookedAtIt() {
    control.publish(WORLD);
    List<Boolean> inSync = new ArrayList<>();
    control.onAnswer(
        ack -> {
          inSync.add(inSync(ack));
          if (inSync.size() == 1) {
            // The stream's turn is this one, so that it cannot take it yet.
            control.publish(WORLD.withService("b", 1));
            inSync.add(inSync(ack));
          }
        });
    try (TestingDeltaProxy proxy = TestingDeltaProxy.manual(control.port(), "p").connect()) {
      proxy.ask(ResourceKind.CLUSTER);
      control.await("both answers", () -> control.answers().size() == 2);
    }
    assertThat(inSync).containsExactly(true, false, true);
  }

  private boolean inSync(ProxyAnswer ack) {
    return control.registry().inspect(ack.stream()).orElseThrow().inSync();
  }

  @Test
  void whatFailsInOneStreamEndsThatOneOnly() {
    control.publish(WORLD);
    List<TestingDeltaProxy> proxies = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      proxies.add(TestingDeltaProxy.likeEnvoy(control.port(), "p" + i).connect());
    }
    proxies.forEach(proxy -> proxy.awaitReceived("cluster +a"));
    // The content cannot be read as a cluster, so whoever follows its references fails.
    TestingSnapshot broken = WORLD.with(brokenCluster());
    control.delivery().publish(control.streams().getFirst(), broken.build(), null);
    control.await("the end of the one stream", () -> control.streams().size() == 4);
    TestingSnapshot next = WORLD.with(TestingSnapshot.assignment("a", 2));
    control.publishAssignments(next, Set.of("a"));
    String version = next.version(ResourceKind.ENDPOINT, "a");
    for (TestingDeltaProxy proxy : proxies) {
      proxy.await(
          "the news or the end",
          () -> proxy.ended() || version.equals(proxy.accepted(ResourceKind.ENDPOINT).get("a")));
    }
    assertThat(proxies.stream().filter(TestingDeltaProxy::ended)).hasSize(1);
    proxies.forEach(TestingDeltaProxy::close);
  }

  private static Resource brokenCluster() {
    return new Resource(
        ResourceKind.CLUSTER,
        "z",
        "00000000000000ff",
        ByteString.copyFromUtf8("this is no cluster"),
        Provenance.NONE);
  }

  private static String[] names() {
    return new String[] {"s0", "s1", "s2"};
  }

  private static TestingSnapshot big(int revision) {
    TestingSnapshot big = TestingSnapshot.EMPTY;
    for (String name : names()) {
      big = big.withService(name, revision);
    }
    return big;
  }
}
