package dev.skiffmesh.server.guard;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.state.SavedService;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the services of one registry lost within the last seconds: several losses of one add up, and
 * several that fall together are no coincidence. Confined to one thread.
 */
final class Coincidence {

  /** So many services that fall together are no coincidence. */
  static final int MANY_SERVICES = 5;

  /** Nor are two or more that lose this share of all instances, in percent. */
  static final int MUCH_OF_ALL = 20;

  /**
   * What a service had before it lost instances lately.
   *
   * @param at when, in nanoseconds
   * @param fell whether that was much, and is believed
   */
  record Loss(SavedService good, long at, boolean fell) {}

  private final Kept kept;
  private final long window;
  private final Map<ServiceId, Loss> losses = new HashMap<>();

  Coincidence(Kept kept, Duration window) {
    this.kept = kept;
    this.window = window.toNanos();
  }

  /** The best that a service had within the window. */
  SavedService best(SavedService current, long now) {
    Loss before = losses.get(current.service().id());
    return before == null || isOver(before, now) ? current : before.good();
  }

  /** A service loses a little of what it has. */
  void lost(SavedService current, long now) {
    losses.put(current.service().id(), new Loss(current, now, false));
  }

  /** A service has fallen from {@code good}, and that is believed. */
  void fell(SavedService good, long at) {
    losses.put(good.service().id(), new Loss(good, at, true));
  }

  void forget(long now) {
    losses.values().removeIf(before -> isOver(before, now));
  }

  private boolean isOver(Loss before, long now) {
    return now - before.at() > window;
  }

  /**
   * How many services fell within seconds, if that is more than chance; else 0.
   *
   * @param suspects those that fell and are not believed
   */
  int together(Collection<Suspect> suspects, Map<ServiceId, Loss> believed, long now) {
    int services = 0;
    long lost = 0;
    boolean isNew = false;
    for (Suspect suspect : suspects) {
      if (now - suspect.since <= window) {
        services++;
        lost += suspect.shrinkage().lost();
        isNew |= !suspect.isHeld();
      }
    }
    long all = 0;
    for (Map.Entry<ServiceId, Loss> before : believed.entrySet()) {
      int gone = lostSince(before.getKey(), before.getValue());
      services++;
      lost += gone;
      all += gone;
    }
    if (!isNew || services < 2) {
      return 0;
    }
    if (services >= MANY_SERVICES) {
      return services;
    }
    for (SavedService service : kept.services().values()) {
      all += service.endpoints().endpoints().size();
    }
    return lost * 100 >= MUCH_OF_ALL * all ? services : 0;
  }

  /** Those that fell, were believed and are still without what they had; no suspect is one. */
  SortedMap<ServiceId, Loss> believed(Collection<ServiceId> suspects) {
    SortedMap<ServiceId, Loss> fallen = new TreeMap<>();
    losses.forEach(
        (id, loss) -> {
          if (loss.fell() && !suspects.contains(id) && lostSince(id, loss) > 0) {
            fallen.put(id, loss);
          }
        });
    return fallen;
  }

  private int lostSince(ServiceId id, Loss before) {
    return Shrinkage.between(before.good().endpoints(), kept.endpoints(id)).lost();
  }
}
