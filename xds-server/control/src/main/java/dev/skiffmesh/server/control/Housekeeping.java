package dev.skiffmesh.server.control;

import java.time.Duration;

/** What comes again and again, whatever the sources say. Confined to the control thread. */
final class Housekeeping {

  /** How often what is only kept for a while is looked at. */
  private static final Duration PERIOD = Duration.ofSeconds(5);

  /** How often the sources of policies that harm are looked at. */
  private static final Duration CHECK_KEYS = Duration.ofSeconds(1);

  /** Each such look renews what harms: three times in the life of a key. */
  private static final int CHECKS_TO_RENEWAL = 5;

  private final ControlThreads threads;
  private final Failures failures;
  private final SteadyClock clock;
  private final Proxies proxies;
  private final ScopeBook scopes;
  private final FileHandles handles;
  private final Runnable changed;
  private int keyChecks;

  /**
   * Which has not begun.
   *
   * @param changed told when there is something new to report
   */
  Housekeeping(
      ControlThreads threads,
      Failures failures,
      SteadyClock clock,
      Proxies proxies,
      ScopeBook scopes,
      FileHandles handles,
      Runnable changed) {
    this.threads = threads;
    this.failures = failures;
    this.clock = clock;
    this.proxies = proxies;
    this.scopes = scopes;
    this.handles = handles;
    this.changed = changed;
  }

  void begin() {
    every(PERIOD, "forgetting what proxies used", proxies::expire);
    every(PERIOD, "forgetting what workloads used", () -> scopes.expire(clock.instant()));
    every(
        PERIOD,
        "remembering what workloads use that are registered late",
        () -> proxies.wants().bookLate(clock.instant()));
    every(PERIOD, "counting file handles", handles::look);
    every(PERIOD, "looking at the wall clock", this::checkClock);
    every(CHECK_KEYS, "checking runtime keys", this::checkKeys);
  }

  private void every(Duration period, String what, Runnable task) {
    Alarm.every(threads, failures, what, period, task);
  }

  private void checkClock() {
    if (clock.isNewlySet()) {
      changed.run();
    }
  }

  private void checkKeys() {
    proxies.checkKeys();
    keyChecks++;
    if (keyChecks % CHECKS_TO_RENEWAL == 0) {
      proxies.renewKeys();
    }
  }
}
