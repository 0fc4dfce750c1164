package dev.skiffmesh.server.control;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waits until changes have been quiet for a while, but never longer than a maximum. Confined to the
 * control thread.
 */
final class Quiet {

  private final ControlThreads threads;
  private final long quietPeriod;
  private final long maximumWait;
  private final Runnable action;
  private final Alarm alarm;
  private @Nullable Long first;
  private long last;

  Quiet(ControlThreads threads, Failures failures, ControlSettings settings, Runnable action) {
    this.threads = threads;
    this.quietPeriod = settings.quietPeriod().toNanos();
    this.maximumWait = settings.maximumWait().toNanos();
    this.action = action;
    this.alarm = new Alarm(threads, failures, "the end of a quiet period", this::due);
  }

  /** Something has changed. */
  void disturbed() {
    long now = threads.nanos();
    if (first == null) {
      first = now;
    }
    last = now;
    arm(now, first);
  }

  private void arm(long now, long since) {
    alarm.within(Duration.ofNanos(Math.min(last + quietPeriod - now, since + maximumWait - now)));
  }

  private void due() {
    Long since = first;
    if (since == null) {
      return;
    }
    long now = threads.nanos();
    if (now - last >= quietPeriod || now - since >= maximumWait) {
      action.run();
    } else {
      arm(now, since);
    }
  }

  /**
   * The changes so far are taken care of.
   *
   * @return when the first of them came; null if there was none
   */
  @Nullable Long taken() {
    Long since = first;
    first = null;
    return since;
  }
}
