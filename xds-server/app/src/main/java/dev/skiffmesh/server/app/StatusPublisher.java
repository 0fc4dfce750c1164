package dev.skiffmesh.server.app;

import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.source.StatusKeeper;
import dev.skiffmesh.api.status.KeptStatus;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.server.status.Pulse;
import dev.skiffmesh.server.status.Vitals;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is said of policies to the stores that keep it beside them. It looks at the newest
 * report again and again, so that a storm of changes costs one look; a thread of its own.
 */
final class StatusPublisher implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StatusPublisher.class);

  private static final Duration PACE = Duration.ofMillis(500);

  private final Supplier<MeshReport> report;
  private final List<StatusKeeper> keepers;
  private final Pulse pulse;
  private final Thread thread;
  private final Set<StatusKeeper> failing = new HashSet<>();
  private volatile boolean closed;

  private StatusPublisher(Supplier<MeshReport> report, List<StatusKeeper> keepers, Pulse pulse) {
    this.report = report;
    this.keepers = List.copyOf(keepers);
    this.pulse = pulse;
    this.thread = Thread.ofVirtual().name("status-publisher").unstarted(this::run);
  }

  /** Starts; does nothing if there is no store. */
  static StatusPublisher start(
      Supplier<MeshReport> report, List<StatusKeeper> keepers, Vitals vitals) {
    StatusPublisher publisher =
        new StatusPublisher(report, keepers, vitals.of(Vitals.Part.STATUS_PUBLISHER));
    if (!keepers.isEmpty()) {
      publisher.thread.start();
    }
    return publisher;
  }

  private void run() {
    long published = -1;
    while (!closed) {
      pulse.expected();
      published = publish(published);
      pulse.came();
      LockSupport.parkNanos(PACE.toNanos());
    }
  }

  /** Returns the revision that every store has; never throws, since it is tried again. */
  private long publish(long published) {
    try {
      MeshReport newest = report.get();
      // Before all sources have answered, a policy may look as if its target were not there.
      if (newest.revision() == published || !newest.readiness().ready()) {
        return published;
      }
      List<KeptStatus> statuses = newest.policies().stream().map(StatusPublisher::kept).toList();
      boolean all = true;
      for (StatusKeeper keeper : keepers) {
        all &= keep(keeper, statuses);
      }
      return all ? newest.revision() : published;
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).log("What is to be said of policies could not be put together");
      return published;
    }
  }

  private boolean keep(StatusKeeper keeper, List<KeptStatus> statuses) {
    try {
      keeper.keep(statuses);
      failing.remove(keeper);
      return true;
    } catch (RuntimeException | Error e) {
      if (failing.add(keeper)) {
        LOG.atError()
            .setCause(e)
            .log("A store could not take what is said of policies; it is told again");
      }
      return false;
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
