package dev.skiffmesh.server.app;

import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.source.StatusKeeper;
import dev.skiffmesh.api.status.KeptStatus;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PolicyReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Brings what is said of policies to the stores that keep it beside them. It looks at the newest
 * report again and again, so that a storm of changes costs one look; a thread of its own.
 */
final class StatusPublisher implements AutoCloseable {

  private static final Duration PACE = Duration.ofMillis(500);

  private final Supplier<MeshReport> report;
  private final List<StatusKeeper> keepers;
  private final Thread thread;
  private volatile boolean closed;

  private StatusPublisher(Supplier<MeshReport> report, List<StatusKeeper> keepers) {
    this.report = report;
    this.keepers = List.copyOf(keepers);
    this.thread = Thread.ofVirtual().name("status-publisher").unstarted(this::run);
  }

  /** Starts; does nothing if there is no store. */
  static StatusPublisher start(Supplier<MeshReport> report, List<StatusKeeper> keepers) {
    StatusPublisher publisher = new StatusPublisher(report, keepers);
    if (!keepers.isEmpty()) {
      publisher.thread.start();
    }
    return publisher;
  }

  private void run() {
    long published = -1;
    while (!closed) {
      MeshReport newest = report.get();
      // Before all sources have answered, a policy may look as if its target were not there.
      if (newest.revision() != published && newest.readiness().ready()) {
        published = newest.revision();
        List<KeptStatus> statuses = newest.policies().stream().map(StatusPublisher::kept).toList();
        keepers.forEach(keeper -> keeper.keep(statuses));
      }
      LockSupport.parkNanos(PACE.toNanos());
    }
  }

  private static KeptStatus kept(PolicyReport policy) {
    return new KeptStatus(policy.status(), policy.source(), policy.text(), target(policy));
  }

  private static String target(PolicyReport policy) {
    List<TargetRef> targets =
        policy.inForce().map(known -> known.spec().targetRefs()).orElse(List.of());
    if (targets.isEmpty()) {
      return "";
    }
    String more = targets.size() > 1 ? " +" + (targets.size() - 1) : "";
    return described(targets.getFirst()) + more;
  }

  private static String described(TargetRef target) {
    String kind = target.kind().name();
    String word = kind.charAt(0) + kind.substring(1).toLowerCase(Locale.ROOT);
    String namespace = target.namespace() == null ? "" : target.namespace() + "/";
    String port = target.port() == null ? "" : ":" + target.port();
    return target.name() == null ? word : word + " " + namespace + target.name() + port;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
