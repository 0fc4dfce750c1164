package dev.skiffmesh.e2e.scenarios;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting for what another process does: asked again and again, within a bound. */
public final class Await {

  private static final Duration INTERVAL = Duration.ofMillis(20);

  private Await() {}

  /** Waits until {@code probe} gives a value as expected, and returns it. */
  public static <T> T value(Duration bound, Supplier<T> probe, Predicate<T> expected) {
    long end = System.nanoTime() + bound.toNanos();
    T last = probe.get();
    while (!expected.test(last)) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within " + bound.toMillis() + " ms; last seen: " + last);
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
      last = probe.get();
    }
    return last;
  }

  /** Waits until {@code probe} says yes, and says how long it took. */
  public static Duration until(Duration bound, String what, BooleanSupplier probe) {
    long start = System.nanoTime();
    value(bound, () -> probe.getAsBoolean() ? what : "not yet: " + what, what::equals);
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
