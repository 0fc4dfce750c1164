package dev.skiffmesh.server.control;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of day as it was when the process began, and from there on by the clock that only runs
 * forward: people and time servers set the wall clock, and no policy may end, or go on, because of
 * that. Thread-safe, but for {@link #isNewlySet}.
 */
final class SteadyClock extends Clock {

  private static final Logger LOG = LoggerFactory.getLogger(SteadyClock.class);

  /** A slower correction is none that anybody notices; time servers slew what is below 0.128 s. */
  private static final Duration NOTICED = Duration.ofSeconds(2);

  private final Clock wall;
  private final LongSupplier nanos;
  private final Instant began;
  private final long beganNanos;
  private boolean wasSet;

  /**
   * Begins now.
   *
   * @param nanos time that only runs forward, from an arbitrary moment
   */
  SteadyClock(Clock wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    this.began = wall.instant();
    this.beganNanos = nanos.getAsLong();
  }

  @Override
  public Instant instant() {
    return began.plusNanos(nanos.getAsLong() - beganNanos);
  }

  @Override
  public ZoneId getZone() {
    return wall.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("Moments have no zone");
  }

  /** Tells whether {@link #finding} has come or gone since the last call; for one thread. */
  boolean isNewlySet() {
    Optional<Finding> now = finding();
    if (now.isPresent() == wasSet) {
      return false;
    }
    wasSet = now.isPresent();
    LOG.atWarn()
        .addKeyValue("state", now.map(Finding::message).orElse("It is right again"))
        .log("The wall clock was set");
    return true;
  }

  /** What is to be said while the wall clock shows another time than it should. */
  Optional<Finding> finding() {
    Duration ahead = Duration.between(instant(), wall.instant());
    if (ahead.abs().compareTo(NOTICED) < 0) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.of(
            FindingCode.CLOCK_SET,
            "clock",
            ("The wall clock was set %s by about %d s while Skiff ran; the times of policies go on"
                    + " as if it had not been, until Skiff is restarted")
                .formatted(ahead.isNegative() ? "back" : "forward", ahead.abs().toSeconds())));
  }
}
