package dev.skiffmesh.server.control;

import dev.skiffmesh.server.status.Pulse;
import org.jspecify.annotations.Nullable;

/**
 * One round at a time, each from gathered changes to a world in force, and none that fails is the
 * last: what it was about is tried again, at once and then with growing waits, and sooner if
 * something new comes. Confined to the control thread.
 */
final class Rounds {

  private static final String WHAT = "world";

  /** What a round does. Whatever it throws ends the round. */
  interface Work {
    /** Begins a round, whose further steps go through {@link Rounds#step}. */
    void begin(Round round);

    /** A round has failed; what it was about is the next one's. */
    void putBack(Round round);

    /** A round is over, well or not. */
    void over();
  }

  private final Failures failures;
  private final Pulse pulse;
  private final Work work;
  private final Alarm retry;
  private @Nullable Round underWay;
  private boolean again;

  Rounds(ControlThreads threads, Failures failures, Pulse pulse, Work work) {
    this.failures = failures;
    this.pulse = pulse;
    this.work = work;
    this.retry = new Alarm(threads, failures, "beginning a round", this::settle);
  }

  /** Begins a round now, or when the one that is under way is over. */
  void settle() {
    if (underWay != null) {
      again = true;
      return;
    }
    Round round = new Round();
    underWay = round;
    pulse.expected();
    step(round, () -> work.begin(round));
  }

  /** One step of a round; nothing if the round is over. */
  void step(Round round, Runnable step) {
    if (isUnderWay(round)) {
      try {
        step.run();
      } catch (RuntimeException | Error e) {
        if (!isUnderWay(round)) {
          // It was over already, and this is about what came after it.
          throw e;
        }
        failed(round, e);
      }
    }
  }

  // A round is itself alone.
  @SuppressWarnings("ReferenceEquality")
  private boolean isUnderWay(Round round) {
    return underWay == round;
  }

  /** A step has failed elsewhere. */
  void failed(Round round, Throwable why) {
    if (isUnderWay(round)) {
      end();
      // What came meanwhile waits with the rest: the first try comes at once.
      again = false;
      retry.within(failures.failed(WHAT, why));
      work.putBack(round);
      work.over();
    }
  }

  /** All that the round was about is in force. */
  void passed(Round round) {
    if (isUnderWay(round)) {
      work.over();
      end();
      failures.passed(WHAT);
      if (again) {
        again = false;
        settle();
      }
    }
  }

  private void end() {
    underWay = null;
    pulse.came();
  }
}
