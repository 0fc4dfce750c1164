package dev.skiffmesh.registry.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** When a registry last answered. Thread-safe. */
public final class LastAnswer {

  private final LongSupplier nanos;
  private final AtomicReference<@Nullable Long> last = new AtomicReference<>();

  /** It never answered. */
  public LastAnswer() {
    this(System::nanoTime);
  }

  /**
   * The same by another clock.
   *
   * @param nanos only runs forward, from an arbitrary moment
   */
  public LastAnswer(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** It has answered. */
  public void isNow() {
    last.set(nanos.getAsLong());
  }

  /** How long ago that was; empty if it never was. */
  public Optional<Duration> age() {
    return Optional.ofNullable(last.get()).map(then -> Duration.ofNanos(nanos.getAsLong() - then));
  }
}
