package dev.skiffmesh.registry.core;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: twice as long each time, up to a bound, and never the same
 * for two that began together.
 *
 * @param first after the first failure
 * @param longest after many
 */
public record Backoff(Duration first, Duration longest) {

  /**
   * A registry that restarts is back within seconds, and one that is gone is asked twice a minute.
   */
  public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(30));

  /** Beyond this the doubling has long passed any bound; keeps the shift within a long. */
  private static final int MOST_DOUBLINGS = 20;

  /** Refuses what would not wait, with an {@link IllegalArgumentException}. */
  public Backoff {
    if (!first.isPositive() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "A backoff must begin above zero and not end below that, found "
              + first
              + ", "
              + longest);
    }
  }

  /**
   * The wait after so many failures in a row: between half and all of the doubled time.
   *
   * @param failures at least 1
   */
  public Duration delay(int failures, RandomGenerator random) {
    int doublings = Math.clamp(failures - 1L, 0, MOST_DOUBLINGS);
    Duration doubled = first.multipliedBy(1L << doublings);
    long nanos = (doubled.compareTo(longest) > 0 ? longest : doubled).toNanos();
    return Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
  }
}
