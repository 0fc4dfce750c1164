package dev.skiffmesh.server.guard;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.server.state.SavedService;
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
  private boolean gone;

  /** Where the registry lists it, or did at last. */
  private String scope;

  private @Nullable Shrinkage shrinkage;

  /** Why the registry is doubted, as a clause; null while that is not clear. */
  @Nullable String reason;

  /** When what the registry says is believed all the same; counts once there is a reason. */
  long until;

  Suspect(SavedService atTheFall, SavedService good, EndpointSet said, long since) {
    this.atTheFall = atTheFall;
    this.good = good;
    this.said = said;
    this.since = since;
    this.scope = atTheFall.scope();
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
   * The registry lists the service no more in that scope.
   *
   * @return false if that is no news, because it is listed in another one
   */
  boolean unlisted(String from) {
    if (!from.equals(scope)) {
      return false;
    }
    gone = true;
    told(EndpointSet.EMPTY);
    return true;
  }

  /**
   * The registry lists the service in that scope; its instances are told next.
   *
   * @return the scope in which it was kept although it was not listed; null if it was
   */
  @Nullable String listed(String in) {
    String kept = gone ? scope : null;
    gone = false;
    scope = in;
    return kept;
  }

  /** Where the registry lists it, or did at last. */
  String scope() {
    return scope;
  }

  /** Whether the registry no longer lists the service at all. */
  boolean isGone() {
    return gone;
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
