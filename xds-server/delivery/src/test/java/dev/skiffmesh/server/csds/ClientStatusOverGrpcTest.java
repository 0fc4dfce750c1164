package dev.skiffmesh.server.csds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.skiffmesh.server.delivery.testing.TestingControl;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.admin.v3.ClientResourceStatus;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.status.v3.ClientConfig;
import io.envoyproxy.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusResponse;
import io.envoyproxy.envoy.service.status.v3.ConfigStatus;
import io.envoyproxy.envoy.type.matcher.v3.NodeMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a standard tool reads, by the generated stub over real gRPC. */
final class ClientStatusOverGrpcTest {

  private static final TestingSnapshot WORLD =
      TestingSnapshot.EMPTY.withService("a", 1).withService("bad", 1);

  private final TestingControl control = new TestingControl();
  private final ManagedChannel channel = channel(control.port());

  @AfterEach
  void stop() {
    channel.shutdownNow();
    control.close();
  }

  @Test
  void acceptedAndRejectedResourcesWithTheProxysWords() throws Exception {
    Instant start = Instant.now();
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p")) {
      proxy.rejectIf(resource -> resource.getName().equals("bad"));
      proxy.connect();
      GenericXdsConfig bad = await("p", "cluster", "bad", ConfigStatus.ERROR);
      assertThat(bad.getVersionInfo()).isEqualTo(WORLD.version(ResourceKind.CLUSTER, "bad"));
      assertThat(bad.getErrorState().getDetails()).isEqualTo("rejected by the test");
      assertThat(bad.getErrorState().getVersionInfo()).isEqualTo(bad.getVersionInfo());
      assertThat(bad.getErrorState().getLastUpdateAttempt().getSeconds())
          .isBetween(start.getEpochSecond(), Instant.now().getEpochSecond());
      assertThat(bad.getClientStatus()).isEqualTo(ClientResourceStatus.NACKED);

      GenericXdsConfig good = await("p", "cluster", "a", ConfigStatus.SYNCED);
      assertThat(good.getTypeUrl()).isEqualTo(ResourceKind.CLUSTER.typeUrl());
      assertThat(good.getVersionInfo()).isEqualTo(WORLD.version(ResourceKind.CLUSTER, "a"));
      assertThat(good.getXdsConfig().unpack(Cluster.class).getName()).isEqualTo("a");
      assertThat(good.getClientStatus()).isEqualTo(ClientResourceStatus.ACKED);
      assertThat(good.hasErrorState()).isFalse();
    }
    control.await("that nobody is connected", () -> fetch("").getConfigCount() == 0);
  }

  @Test
  void whatIsUnderWayAndWhatWaitsBehindIt() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.manual(control.port(), "p").connect()) {
      proxy.answering(false);
      proxy.ask(ResourceKind.CLUSTER, "a");
      proxy.awaitReceived("cluster +a");
      GenericXdsConfig sent = await("p", "cluster", "a", ConfigStatus.STALE);
      assertThat(sent.getClientStatus()).isEqualTo(ClientResourceStatus.REQUESTED);
      control.publish(WORLD.withService("a", 2));
      GenericXdsConfig unsent = await("p", "cluster", "a", ConfigStatus.NOT_SENT);
      assertThat(unsent.getVersionInfo())
          .isEqualTo(WORLD.withService("a", 2).version(ResourceKind.CLUSTER, "a"));
    }
  }

  @Test
  void aNameThatDoesNotExist() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.manual(control.port(), "p").connect()) {
      proxy.ask(ResourceKind.ENDPOINT, "nobody");
      proxy.ask(ResourceKind.CLUSTER, "nobody");
      for (String type : List.of("endpoint", "cluster")) {
        GenericXdsConfig nobody = await("p", type, "nobody", ConfigStatus.SYNCED);
        assertThat(nobody.getClientStatus()).isEqualTo(ClientResourceStatus.DOES_NOT_EXIST);
        assertThat(nobody.getVersionInfo()).isEmpty();
        assertThat(nobody.hasXdsConfig()).isFalse();
      }
    }
  }

  @Test
  void theContentOfASecretIsNeverTold() {
    control.publish(TestingSnapshot.EMPTY.with(TestingSnapshot.secret("key", 1)));
    try (TestingDeltaProxy proxy = TestingDeltaProxy.manual(control.port(), "p").connect()) {
      proxy.ask(ResourceKind.SECRET, "key");
      GenericXdsConfig key = await("p", "secret", "key", ConfigStatus.SYNCED);
      assertThat(key.getVersionInfo()).isNotEmpty();
      assertThat(key.hasXdsConfig()).isFalse();
    }
  }

  @Test
  void nodesAreChosenAndContentsLeftOut() {
    control.publish(WORLD);
    try (TestingDeltaProxy one = TestingDeltaProxy.likeEnvoy(control.port(), "t/one").connect();
        TestingDeltaProxy two = TestingDeltaProxy.likeEnvoy(control.port(), "t/two").connect()) {
      one.awaitReceived("cluster +a +bad");
      two.awaitReceived("cluster +a +bad");
      assertThat(ids(fetch("t/"))).containsExactlyInAnyOrder("t/one", "t/two");
      assertThat(ids(fetch("t/two"))).containsExactly("t/two");
      assertThat(ids(fetch("nobody"))).isEmpty();
      ClientStatusResponse bare =
          stub()
              .fetchClientStatus(
                  ClientStatusRequest.newBuilder().setExcludeResourceContents(true).build());
      assertThat(bare.getConfigList())
          .flatMap(ClientConfig::getGenericXdsConfigsList)
          .isNotEmpty()
          .noneMatch(GenericXdsConfig::hasXdsConfig);
    }
  }

  @Test
  void aMatcherThatIsNotSupportedIsNamed() {
    ClientStatusRequest request =
        ClientStatusRequest.newBuilder()
            .addNodeMatchers(
                NodeMatcher.newBuilder()
                    .setNodeId(
                        StringMatcher.newBuilder()
                            .setCustom(StringMatcher.getDefaultInstance().getCustom())))
            .build();
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> stub().fetchClientStatus(request))
        .satisfies(
            refused -> {
              assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(refused.getStatus().getDescription())
                  .contains("`node_matchers[0].node_id.custom`");
            });
  }

  @Test
  void aStreamAnswersEachRequestAndEndsWithItsCaller() throws InterruptedException {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect()) {
      proxy.awaitReceived("cluster +a +bad");
      Answers answers = new Answers();
      StreamObserver<ClientStatusRequest> requests =
          ClientStatusDiscoveryServiceGrpc.newStub(channel).streamClientStatus(answers);
      for (int i = 0; i < 100; i++) {
        requests.onNext(ClientStatusRequest.getDefaultInstance());
      }
      for (int i = 0; i < 100; i++) {
        assertThat(answers.next()).isEqualTo("1 node");
      }
      requests.onCompleted();
      assertThat(answers.next()).isEqualTo("completed");
    }
  }

  @Test
  void anAnswerThatWouldBeTooLargeSaysHowToAskForLess() throws IOException {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect();
        ClientStatusService small =
            new ClientStatusService(control.registry(), ClientStatusAccess.LOOPBACK, 100)) {
      proxy.awaitReceived("cluster +a +bad");
      Server server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addServices(small.services())
              .build()
              .start();
      ManagedChannel other = channel(server.getPort());
      try {
        assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(
                () ->
                    ClientStatusDiscoveryServiceGrpc.newBlockingStub(other)
                        .fetchClientStatus(ClientStatusRequest.getDefaultInstance()))
            .satisfies(
                refused ->
                    assertThat(refused.getStatus().getCode())
                        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED))
            .withMessageContaining("`exclude_resource_contents`");
      } finally {
        other.shutdownNow();
        server.shutdownNow();
      }
    }
  }

  @Test
  void onlyPeersOnThisMachineAreLetIn() {
    assertThat(LoopbackOnly.isLoopback(address("127.0.0.1"))).isTrue();
    assertThat(LoopbackOnly.isLoopback(address("::1"))).isTrue();
    assertThat(LoopbackOnly.isLoopback(address("10.0.0.5"))).isFalse();
    assertThat(LoopbackOnly.isLoopback(InetSocketAddress.createUnresolved("localhost", 1)))
        .isFalse();
    assertThat(LoopbackOnly.isLoopback(null)).isFalse();
    try (ClientStatusService off =
        new ClientStatusService(control.registry(), ClientStatusAccess.OFF)) {
      assertThat(off.services()).isEmpty();
    }
  }

  private static InetSocketAddress address(String literal) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), 1);
  }

  /** What came on a stream, in words. */
  private static final class Answers implements StreamObserver<ClientStatusResponse> {
    private final BlockingQueue<String> words = new LinkedBlockingQueue<>();

    String next() throws InterruptedException {
      return String.valueOf(words.poll(30, TimeUnit.SECONDS));
    }

    @Override
    public void onNext(ClientStatusResponse value) {
      words.add(value.getConfigCount() + " node");
    }

    @Override
    public void onError(Throwable error) {
      words.add(error.toString());
    }

    @Override
    public void onCompleted() {
      words.add("completed");
    }
  }

  private GenericXdsConfig await(String node, String type, String name, ConfigStatus status) {
    String typeUrl =
        ResourceKind.ALL.stream()
            .filter(kind -> kind.shortName().equals(type))
            .findFirst()
            .orElseThrow()
            .typeUrl();
    List<GenericXdsConfig> found = new ArrayList<>();
    control.await(
        type + " '" + name + "' " + status,
        () ->
            fetch(node).getConfigList().stream()
                .flatMap(config -> config.getGenericXdsConfigsList().stream())
                .filter(one -> one.getTypeUrl().equals(typeUrl) && one.getName().equals(name))
                .filter(one -> one.getConfigStatus() == status)
                .peek(found::add)
                .findFirst()
                .isPresent());
    return found.getLast();
  }

  private ClientStatusResponse fetch(String prefix) {
    ClientStatusRequest.Builder request = ClientStatusRequest.newBuilder();
    if (!prefix.isEmpty()) {
      request.addNodeMatchers(
          NodeMatcher.newBuilder().setNodeId(StringMatcher.newBuilder().setPrefix(prefix)));
    }
    return stub().fetchClientStatus(request.build());
  }

  private static List<String> ids(ClientStatusResponse response) {
    return response.getConfigList().stream().map(config -> config.getNode().getId()).toList();
  }

  private ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceBlockingStub stub() {
    return ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }
}
