package dev.skiffmesh.server.usage;

import com.google.protobuf.util.Durations;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.delivery.Bounds;
import dev.skiffmesh.translator.place.ClusterName;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterStats;
import io.envoyproxy.envoy.service.load_stats.v3.LoadReportingServiceGrpc;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsRequest;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The load reporting service ({@code lrs.proto}). Envoy asks for a host only once, and never for
 * what it was sent up front, so questions alone would make a service look unused that is called all
 * day; these reports tell. Numbers of requests are not kept. Thread-safe.
 */
public final class LoadReports extends LoadReportingServiceGrpc.LoadReportingServiceImplBase {

  /** The shortest interval that may be asked for. */
  public static final Duration SHORTEST = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(LoadReports.class);

  private final LoadStatsResponse wish;
  private final UsageListener listener;

  /**
   * Asks all proxies for reports.
   *
   * @param interval from one report of a proxy to its next, at least {@link #SHORTEST}
   */
  public LoadReports(Duration interval, UsageListener listener) {
    if (interval.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("must be at least " + SHORTEST + ", found " + interval);
    }
    this.wish =
        LoadStatsResponse.newBuilder()
            .setSendAllClusters(true)
            .setLoadReportingInterval(Durations.fromNanos(interval.toNanos()))
            .build();
    this.listener = listener;
  }

  @Override
  public StreamObserver<LoadStatsRequest> streamLoadStats(
      StreamObserver<LoadStatsResponse> responses) {
    ServerCallStreamObserver<LoadStatsResponse> call =
        (ServerCallStreamObserver<LoadStatsResponse>) responses;
    // With a handler, writing to a call that is gone is no error.
    call.setOnCancelHandler(() -> {});
    return new Reports(call);
  }

  /** One proxy's. Only the first message must name the node, and holds no report. */
  private final class Reports implements StreamObserver<LoadStatsRequest> {

    private final ServerCallStreamObserver<LoadStatsResponse> responses;
    private String nodeId = "";

    Reports(ServerCallStreamObserver<LoadStatsResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(LoadStatsRequest report) {
      if (nodeId.isEmpty()) {
        String flaw =
            report.getNode().getId().isEmpty()
                ? "`node.id` must say which proxy this is, found nothing"
                : Bounds.flaw(report.getNode());
        if (flaw != null) {
          responses.onError(Status.INVALID_ARGUMENT.withDescription(flaw).asRuntimeException());
          return;
        }
        nodeId = report.getNode().getId();
        responses.onNext(wish);
      }
      SortedSet<ServiceId> services = called(report);
      if (!services.isEmpty()) {
        tell(services);
      }
    }

    private void tell(SortedSet<ServiceId> services) {
      try {
        listener.used(nodeId, services);
      } catch (RuntimeException e) {
        LOG.atError()
            .addKeyValue("proxy", nodeId)
            .setCause(e)
            .log("A load report could not be taken; this is a bug in Skiff");
      }
    }

    @Override
    public void onError(Throwable gone) {}

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }

  private static SortedSet<ServiceId> called(LoadStatsRequest report) {
    NavigableSet<ServiceId> services = new TreeSet<>();
    for (ClusterStats cluster : report.getClusterStatsList()) {
      if (isCalled(cluster)) {
        ClusterName.parse(cluster.getClusterName())
            .map(ClusterName::service)
            .ifPresent(services::add);
      }
    }
    return Immutable.sortedSet(services);
  }

  /** Envoy reports a locality only while there is something to say about it, but servers differ. */
  private static boolean isCalled(ClusterStats cluster) {
    return cluster.getUpstreamLocalityStatsList().stream()
        .anyMatch(
            locality ->
                locality.getTotalIssuedRequests() > 0
                    || locality.getTotalRequestsInProgress() > 0
                    || locality.getTotalSuccessfulRequests() > 0
                    || locality.getTotalErrorRequests() > 0);
  }
}
