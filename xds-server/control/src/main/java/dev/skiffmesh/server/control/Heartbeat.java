package dev.skiffmesh.server.control;

import dev.skiffmesh.server.status.Pulse;
import java.time.Duration;

/**
 * A task that goes through the control thread's own queue each second: how late it comes is how
 * late everything comes. Confined to the control thread.
 */
final class Heartbeat {

  static final Duration PACE = Duration.ofSeconds(1);

  private final ControlThreads threads;
  private final Pulse pulse;
  private final ControlMetrics metrics;
  private final Alarm next;
  private long due;

  Heartbeat(ControlThreads threads, Failures failures, Pulse pulse, ControlMetrics metrics) {
    this.threads = threads;
    this.pulse = pulse;
    this.metrics = metrics;
    this.next = new Alarm(threads, failures, "the heartbeat", this::beat);
  }

  /** The loop is running; until now nothing was expected of it. */
  void start() {
    expect();
  }

  private void beat() {
    pulse.came();
    long late = threads.nanos() - due;
    expect();
    metrics.loopBeat(Duration.ofNanos(Math.max(0, late)), threads.waiting());
  }

  private void expect() {
    due = threads.nanos() + PACE.toNanos();
    next.within(PACE);
    pulse.expected();
  }
}
