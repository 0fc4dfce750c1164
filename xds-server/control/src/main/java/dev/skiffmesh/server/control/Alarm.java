package dev.skiffmesh.server.control;

import java.time.Duration;

/**
 * A task that comes again whatever happens to it: a timer that waits once, however often it is set,
 * and that is set again by itself, with growing waits, when its task has failed. Confined to the
 * control thread.
 */
final class Alarm {

  private final ControlThreads threads;
  private final Failures failures;
  private final String what;
  private final Runnable task;
  private boolean isSet;
  private long due;

  /**
   * Not set.
   *
   * @param what the task's name in a finding while it fails
   */
  Alarm(ControlThreads threads, Failures failures, String what, Runnable task) {
    this.threads = threads;
    this.failures = failures;
    this.what = what;
    this.task = task;
  }

  /**
   * A task that comes again at that pace for ever, the first time after one pace.
   *
   * @param what the task's name in a finding while it fails
   */
  static void every(
      ControlThreads threads, Failures failures, String what, Duration pace, Runnable task) {
    new Object() {
      private final Alarm alarm = new Alarm(threads, failures, what, this::ring);

      private void ring() {
        // First of all, so that a failure of the task is not the end of it.
        alarm.within(pace);
        task.run();
      }
    }.alarm.within(pace);
  }

  /**
   * The task comes after {@code wait} at the latest; it comes once. Without a wait it comes behind
   * all that is in the control thread's queue by now.
   */
  void within(Duration wait) {
    long wanted = threads.nanos() + Math.max(0, wait.toNanos());
    if (isSet && wanted - due >= 0) {
      return;
    }
    isSet = true;
    due = wanted;
    if (wait.isPositive()) {
      threads.controlAfter(wait, () -> ring(wanted));
    } else {
      threads.control(() -> ring(wanted));
    }
  }

  private void ring(long when) {
    if (!isSet || due != when) {
      // It was set to an earlier moment since, and has rung.
      return;
    }
    isSet = false;
    try {
      task.run();
      failures.passed(what);
    } catch (RuntimeException | Error e) {
      within(failures.failed(what, e));
    }
  }
}
