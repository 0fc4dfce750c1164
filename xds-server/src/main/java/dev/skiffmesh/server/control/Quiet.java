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
  private @Nullable Long first;
  private long last;
  private boolean armed;

  Quiet(ControlThreads threads, ControlSettings settings, Runnable action) {
    this.threads = threads;
    this.quietPeriod = settings.quietPeriod().toNanos();
    this.maximumWait = settings.maximumWait().toNanos();
    this.action = action;
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
    if (!armed) {
      armed = true;
      long wait = Math.min(last + quietPeriod - now, since + maximumWait - now);
      threads.controlAfter(Duration.ofNanos(Math.max(wait, 0)), this::due);
    }
  }

  private void due() {
    armed = false;
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
