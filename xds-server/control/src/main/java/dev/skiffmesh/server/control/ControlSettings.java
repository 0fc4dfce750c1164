package dev.skiffmesh.server.control;

import dev.skiffmesh.server.guard.GuardSettings;
import java.time.Duration;

/**
 * The control loop's times.
 *
 * @param quietPeriod services and policies wait until nothing has changed for so long
 * @param maximumWait but never longer than this
 * @param startupTimeout after this the state folder stands in for sources that have not answered
 * @param reportDelay changes of status within this time are reported together
 * @param saveDelay services and endpoints reach the state folder at most so much later
 * @param assignmentGrace an assignment that no proxy is to have any more lives on for so long,
 *     because proxies drop a cluster only after they have acknowledged what replaces it
 * @param guard when a registry is doubted
 */
public record ControlSettings(
    Duration quietPeriod,
    Duration maximumWait,
    Duration startupTimeout,
    Duration reportDelay,
    Duration saveDelay,
    Duration assignmentGrace,
    GuardSettings guard) {

  /** What is used when nothing else is configured. */
  public static final ControlSettings DEFAULT =
      new ControlSettings(
          Duration.ofMillis(10),
          Duration.ofMillis(100),
          Duration.ofSeconds(20),
          Duration.ofMillis(50),
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          GuardSettings.DEFAULT);

  /** The same with another {@code startup-timeout}. */
  public ControlSettings withStartupTimeout(Duration timeout) {
    return new ControlSettings(
        quietPeriod, maximumWait, timeout, reportDelay, saveDelay, assignmentGrace, guard);
  }

  /** The same with another guard. */
  public ControlSettings withGuard(GuardSettings settings) {
    return new ControlSettings(
        quietPeriod,
        maximumWait,
        startupTimeout,
        reportDelay,
        saveDelay,
        assignmentGrace,
        settings);
  }
}
