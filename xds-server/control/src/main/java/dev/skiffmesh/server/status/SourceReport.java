package dev.skiffmesh.server.status;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.guard.HeldBack;
import dev.skiffmesh.server.state.SavedService;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

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
 * @param content what is in force of it
 * @param sightings since when its endpoints are known
 * @param held what is not believed of its word
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
    int policies,
    TreePMap<ServiceId, SavedService> content,
    TreePMap<ServiceId, Sightings> sightings,
    List<HeldBack> held) {

  /** Copies the list. */
  public SourceReport {
    held = List.copyOf(held);
  }

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
