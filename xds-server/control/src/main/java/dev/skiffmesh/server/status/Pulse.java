package dev.skiffmesh.server.status;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether one part of Skiff that must come back does: it says when it is expected to come and when
 * it came, and anybody may ask for how long it has been expected. Thread-safe; costs a field.
 */
public final class Pulse {

  private static final long NOTHING_EXPECTED = Long.MIN_VALUE;

  private final String part;
  private final Duration bound;
  private final LongSupplier nanos;
  private volatile long since = NOTHING_EXPECTED;

  /** See {@link Vitals.Part}. */
  Pulse(String part, Duration bound, LongSupplier nanos) {
    this.part = part;
    this.bound = bound;
    this.nanos = nanos;
  }

  /** It is expected to come from now on; nothing if it already was. */
  public void expected() {
    if (since == NOTHING_EXPECTED) {
      since = nanos.getAsLong();
    }
  }

  /** It has come, and nothing more is expected of it until somebody says so. */
  public void came() {
    since = NOTHING_EXPECTED;
  }

  /** The part, in a word or two. */
  public String part() {
    return part;
  }

  /** How long it may be expected before it stands still. */
  public Duration bound() {
    return bound;
  }

  /** For how long it has been expected; zero if it is not. */
  public Duration age() {
    long expected = since;
    return expected == NOTHING_EXPECTED
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, nanos.getAsLong() - expected));
  }

  /** Tells whether it has been expected for longer than its bound. */
  public boolean isStill() {
    return age().compareTo(bound) > 0;
  }
}
