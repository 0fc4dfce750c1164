package dev.skiffmesh.server.guard;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.server.state.SavedService;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A service that fell, while it is not yet clear whether the registry is to be believed. Changed by
 * its {@link ShrinkGuard} alone.
 */
final class Suspect {

  /** What was in force at the moment of the fall: it stays while others are waited for. */
  private final SavedService atTheFall;

  /** The best of the last seconds: it stays while the registry is doubted. */
  final SavedService good;

  /** When it fell, on the guard's clock. */
  final long since;

  private EndpointSet said;

  /** The portions in which the registry lists it. */
  private final SortedSet<String> listed;

  /** Where it stays; counts once the registry lists it nowhere. */
  private String keptIn;

  private @Nullable Shrinkage shrinkage;

  /** Why the registry is doubted, as a clause; null while that is not clear. */
  @Nullable String reason;

  /** When what the registry says is believed all the same; counts once there is a reason. */
  long until;

  /**
   * A service that falls.
   *
   * @param listed the portions in which the registry lists it at that moment
   */
  Suspect(
      SavedService atTheFall,
      SavedService good,
      SortedSet<String> listed,
      EndpointSet said,
      long since) {
    this.atTheFall = atTheFall;
    this.good = good;
    this.said = said;
    this.since = since;
    this.listed = new TreeSet<>(listed);
    this.keptIn = atTheFall.portion();
  }

  boolean isHeld() {
    return reason != null;
  }

  /** The registry lists these instances. */
  void told(EndpointSet endpoints) {
    said = endpoints;
    shrinkage = null;
  }

  /**
   * The registry lists the service no more in that portion.
   *
   * @return whether it stays there all the same, because it is listed nowhere else
   */
  boolean unlisted(String portion) {
    if (listed.remove(portion) && isGone()) {
      keptIn = portion;
      told(EndpointSet.EMPTY);
    }
    return isGone() && keptIn.equals(portion);
  }

  /**
   * The registry lists the service in that portion; its instances are told next.
   *
   * @return another portion, in which it need no longer stay
   */
  Optional<String> listed(String portion) {
    boolean wasGone = isGone();
    listed.add(portion);
    return wasGone && !keptIn.equals(portion) ? Optional.of(keptIn) : Optional.empty();
  }

  /** Where it stays although the registry lists it nowhere. */
  String keptIn() {
    return keptIn;
  }

  /** Whether the registry no longer lists the service at all. */
  boolean isGone() {
    return listed.isEmpty();
  }

  /** What the registry lists. */
  EndpointSet said() {
    return said;
  }

  Shrinkage shrinkage() {
    Shrinkage known = shrinkage;
    if (known == null) {
      known = Shrinkage.between(good.endpoints(), said);
      shrinkage = known;
    }
    return known;
  }

  /** What is in force instead of what the registry says. */
  EndpointSet shown() {
    SavedService base = isHeld() ? good : atTheFall;
    return Shrinkage.kept(base.endpoints(), said);
  }
}
