package dev.skiffmesh.server.control;

import java.time.Duration;
import java.time.Instant;

/** Wakes up when the time of a policy is over. Confined to the control thread. */
// A persistent map that is the same object is unchanged.
@SuppressWarnings("ReferenceEquality")
final class Expiries {

  private final PolicyLedger ledger;
  private final InForce inForce;
  private final SteadyClock clock;
  private final Runnable settle;
  private final Alarm alarm;

  /**
   * Nothing ends.
   *
   * @param settle begins a round, which leaves out what has ended
   */
  Expiries(
      PolicyLedger ledger,
      InForce inForce,
      SteadyClock clock,
      ControlThreads threads,
      Failures failures,
      Runnable settle) {
    this.ledger = ledger;
    this.inForce = inForce;
    this.clock = clock;
    this.settle = settle;
    this.alarm = new Alarm(threads, failures, "the end of a policy's time", this::due);
  }

  /** Other policies may be in force. */
  void look() {
    Instant now = clock.instant();
    ledger.nextExpiry(now).ifPresent(end -> alarm.within(Duration.between(now, end)));
  }

  private void due() {
    if (isBehind()) {
      settle.run();
    }
    look();
  }

  /** Tells whether other policies count now than those in force. */
  boolean isBehind() {
    return ledger.inForce(inForce.world().policies(), clock.instant())
        != inForce.world().policies();
  }
}
