package dev.skiffmesh.server.delivery;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts of what went over one stream for one resource type.
 *
 * @param responses how many responses were sent
 * @param resources how many resources they carried
 * @param removals how many names they removed
 * @param accepted how many responses were accepted (ACK)
 * @param refused how many were rejected (NACK)
 * @param acceptedAt when one was accepted last, null if none was
 * @param refusedAt when one was rejected last, null if none was
 * @param refusal the proxy's words at its last rejection, null if there was none
 */
public record Tally(
    long responses,
    long resources,
    long removals,
    long accepted,
    long refused,
    @Nullable Instant acceptedAt,
    @Nullable Instant refusedAt,
    @Nullable String refusal) {

  /** Nothing yet. */
  public static final Tally NONE = new Tally(0, 0, 0, 0, 0, null, null, null);

  /** When a response was accepted last, if one was. */
  public Optional<Instant> lastAccepted() {
    return Optional.ofNullable(acceptedAt);
  }

  /** When a response was rejected last, if one was. */
  public Optional<Instant> lastRefused() {
    return Optional.ofNullable(refusedAt);
  }

  /** The proxy's words at its last rejection, if there was one. */
  public Optional<String> lastRefusal() {
    return Optional.ofNullable(refusal);
  }

  /** The sum; of the last times and words the later ones. */
  Tally plus(Tally other) {
    boolean otherRefusedLater = refusedAt == null || isAfter(other.refusedAt, refusedAt);
    return new Tally(
        responses + other.responses,
        resources + other.resources,
        removals + other.removals,
        accepted + other.accepted,
        refused + other.refused,
        acceptedAt == null || isAfter(other.acceptedAt, acceptedAt) ? other.acceptedAt : acceptedAt,
        otherRefusedLater ? other.refusedAt : refusedAt,
        otherRefusedLater ? other.refusal : refusal);
  }

  private static boolean isAfter(@Nullable Instant one, Instant other) {
    return one != null && one.isAfter(other);
  }

  Tally plusSent(int moreResources, int moreRemovals) {
    return new Tally(
        responses + 1,
        resources + moreResources,
        removals + moreRemovals,
        accepted,
        refused,
        acceptedAt,
        refusedAt,
        refusal);
  }

  Tally plusAccepted(Instant at) {
    return new Tally(responses, resources, removals, accepted + 1, refused, at, refusedAt, refusal);
  }

  Tally plusRefused(String text, Instant at) {
    return new Tally(responses, resources, removals, accepted, refused + 1, acceptedAt, at, text);
  }
}
