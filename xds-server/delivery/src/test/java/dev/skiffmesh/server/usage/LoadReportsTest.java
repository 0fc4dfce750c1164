package dev.skiffmesh.server.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import dev.skiffmesh.api.model.ServiceId;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterStats;
import io.envoyproxy.envoy.config.endpoint.v3.UpstreamLocalityStats;
import io.envoyproxy.envoy.service.load_stats.v3.LoadReportingServiceGrpc;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsRequest;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadReportsTest {

  private static final long BOUND_SECONDS = 20;

  private record Used(String node, SortedSet<ServiceId> services) {}

  private final BlockingQueue<Used> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    LoadReports reports =
        new LoadReports(
            Duration.ofMinutes(10),
            (node, services) -> {
              heard.add(new Used(node, services));
              if (node.equals("cursed")) {
                throw new IllegalStateException("this proxy is cursed");
              }
            });
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(reports)
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()))
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow();
    server.shutdownNow();
    server.awaitTermination();
  }

  @Test
  void whatWasCalledIsTold() throws InterruptedException {
    StreamObserver<LoadStatsRequest> proxy = connect();
    proxy.onNext(from("gateway"));
    LoadStatsResponse wish = (LoadStatsResponse) next(answers);
    assertThat(wish.getSendAllClusters()).isTrue();
    assertThat(wish.getLoadReportingInterval()).isEqualTo(Durations.fromMinutes(10));
    assertThat(wish.getReportEndpointGranularity()).isFalse();

    UpstreamLocalityStats none = UpstreamLocalityStats.getDefaultInstance();
    proxy.onNext(
        LoadStatsRequest.newBuilder()
            .addClusterStats(stats("order.trading|http", issued(3)))
            .addClusterStats(
                stats(
                    "order.trading|http|version=v2",
                    none,
                    none.toBuilder().setTotalErrorRequests(1).build()))
            .addClusterStats(
                stats(
                    "stream.trading|grpc", none.toBuilder().setTotalRequestsInProgress(1).build()))
            .addClusterStats(stats("idle.trading|http", none))
            .addClusterStats(stats("idle.trading|http"))
            .addClusterStats(stats("skiff-xds", issued(9)))
            .addClusterStats(stats("inbound|8080", issued(9)))
            .build());
    assertThat(next(heard)).isEqualTo(used("gateway", "order", "stream"));
    assertThat(answers).isEmpty();
  }

  @Test
  void aReportOfNothingTellsNothingAndOneListenersFaultEndsNoStream() throws InterruptedException {
    StreamObserver<LoadStatsRequest> proxy = connect();
    // A client may report in its first message too.
    proxy.onNext(
        from("cursed").toBuilder().addClusterStats(stats("a.trading|http", issued(1))).build());
    assertThat(next(heard)).isEqualTo(used("cursed", "a"));
    proxy.onNext(LoadStatsRequest.getDefaultInstance());
    proxy.onNext(
        LoadStatsRequest.newBuilder().addClusterStats(stats("b.trading|http", issued(1))).build());
    assertThat(next(heard)).isEqualTo(used("cursed", "b"));
    assertThat(next(answers)).isInstanceOf(LoadStatsResponse.class);
    proxy.onCompleted();
    assertThat(next(answers)).isEqualTo("completed");
  }

  @Test
  void whoDoesNotSayWhoItIsIsTold() throws InterruptedException {
    StreamObserver<LoadStatsRequest> proxy = connect();
    proxy.onNext(LoadStatsRequest.getDefaultInstance());
    Status status = Status.fromThrowable((Throwable) next(answers));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription())
        .isEqualTo("`node.id` must say which proxy this is, found nothing");
    assertThat(heard).isEmpty();
  }

  @Test
  void anIntervalIsNoFlood() {
    assertThatThrownBy(() -> new LoadReports(Duration.ofMillis(999), (_, _) -> {}))
        .hasMessage("must be at least PT1S, found PT0.999S");
  }

  private StreamObserver<LoadStatsRequest> connect() {
    return LoadReportingServiceGrpc.newStub(channel)
        .streamLoadStats(
            new StreamObserver<>() {
              @Override
              public void onNext(LoadStatsResponse response) {
                answers.add(response);
              }

              @Override
              public void onError(Throwable error) {
                answers.add(error);
              }

              @Override
              public void onCompleted() {
                answers.add("completed");
              }
            });
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(BOUND_SECONDS, TimeUnit.SECONDS);
    assertThat(next).as("something comes").isNotNull();
    return next;
  }

  private static Used used(String node, String... services) {
    SortedSet<ServiceId> ids = new TreeSet<>();
    for (String service : services) {
      ids.add(new ServiceId("trading", service));
    }
    return new Used(node, ids);
  }

  private static LoadStatsRequest from(String node) {
    return LoadStatsRequest.newBuilder().setNode(Node.newBuilder().setId(node)).build();
  }

  private static UpstreamLocalityStats issued(int requests) {
    return UpstreamLocalityStats.newBuilder().setTotalIssuedRequests(requests).build();
  }

  private static ClusterStats stats(String cluster, UpstreamLocalityStats... localities) {
    return ClusterStats.newBuilder()
        .setClusterName(cluster)
        .addAllUpstreamLocalityStats(List.of(localities))
        .build();
  }
}
