package dev.skiffmesh.server.status;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * How one source is doing.
 *
 * @param name as configured
 * @param type {@code file}, {@code nacos}, ...
 * @param roles what it is asked for
 * @param state see {@link State}
 * @param since when it came into that state
 * @param reason the source's own sentence while it is lost, else empty
 * @param lastEventAt when it last said anything; null for never
 * @param services how many it has announced
 * @param endpoints how many it has announced
 * @param policies how many documents it holds, valid or not
 */
public record SourceReport(
    String name,
    String type,
    SortedSet<SourceRole> roles,
    State state,
    Instant since,
    String reason,
    @Nullable Instant lastEventAt,
    int services,
    int endpoints,
    int policies) {

  /** How much of a source's content is known to be so. */
  public enum State {
    /** It has not told everything yet, and nothing is known from before the restart. */
    STARTING,
    /** It has not told everything yet; what it said before the restart is served. */
    STALE,
    /** Everything that it has is known. */
    SYNCED,
    /** It cannot see its registry; what is known stays. */
    LOST
  }

  /** When it last said anything. */
  public Optional<Instant> lastEvent() {
    return Optional.ofNullable(lastEventAt);
  }
}
