package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import java.util.SortedSet;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what sources say, as far as it is believed, and tells who has to do with it: the disk,
 * the next round, or, of endpoints alone, the way past all rounds. Confined to the control thread.
 */
final class SourceHearing {

  private static final Logger LOG = LoggerFactory.getLogger(SourceHearing.class);

  /** Who is told. */
  interface Listener {
    /** What is in force of a source differs in these services. */
    void kept(SourceState source, SortedSet<ServiceId> services);

    /** A service has other endpoints. */
    void endpointsChanged(ServiceId service);

    /** A round may find something to do. */
    void touched(SourceState.Touched touched);

    /** There is something new to report. */
    void changed();
  }

  private final Guards guards;
  private final SteadyClock clock;
  private final ControlMetrics metrics;
  private final Failures failures;
  private final Listener listener;

  SourceHearing(
      Sources sources,
      ControlSettings settings,
      ControlThreads threads,
      SteadyClock clock,
      ControlMetrics metrics,
      Failures failures,
      Listener listener) {
    this.guards =
        new Guards(
            sources.inOrder(), settings.guard(), threads, clock, metrics, failures, this::apply);
    this.clock = clock;
    this.metrics = metrics;
    this.failures = failures;
    this.listener = listener;
  }

  Guards guards() {
    return guards;
  }

  /** A source has said something. */
  void heard(SourceState source, SourceEvent event) {
    metrics.sourceEvent(source.name(), event.getClass().getSimpleName());
    guards.heard(source, event);
    listener.changed();
  }

  /**
   * An operator says that a registry is right where it is doubted.
   *
   * @return the services that were held back
   */
  SortedSet<ServiceId> accept(String source, Predicate<ServiceId> which) {
    SortedSet<ServiceId> accepted = guards.accept(source, which);
    LOG.atInfo()
        .addKeyValue("source", source)
        .addKeyValue("services", Causes.few(accepted))
        .log("What was held back of a registry is accepted");
    return accepted;
  }

  /** What a source says, as far as it is believed; one event that fails costs no other. */
  private void apply(SourceState source, SourceEvent event) {
    String what = "%s of '%s'".formatted(event.getClass().getSimpleName(), source.name());
    try {
      take(source, event);
      failures.passed(what);
    } catch (RuntimeException | Error e) {
      var _ = failures.failed(what, e);
    }
  }

  private void take(SourceState source, SourceEvent event) {
    boolean wasSynced = source.isSynced();
    SourceState.Touched touched = source.apply(event, clock.instant());
    listener.kept(source, touched.services());
    if (event instanceof SourceEvent.EndpointsReplaced) {
      touched.services().forEach(listener::endpointsChanged);
    } else {
      boolean mayDrop = event instanceof SourceEvent.Synced;
      boolean mayHeal = event instanceof SourceEvent.PortionFindings;
      if (mayDrop || mayHeal || !touched.services().isEmpty() || !touched.documents().isEmpty()) {
        listener.touched(touched);
      }
    }
    if (source.isSynced() != wasSynced) {
      metrics.sourceSynced(source.name(), source.isSynced());
      LOG.atInfo()
          .addKeyValue("source", source.name())
          .addKeyValue("state", source.state())
          .addKeyValue("reason", source.reason())
          .log("A source has changed its state");
    }
    listener.changed();
  }
}
