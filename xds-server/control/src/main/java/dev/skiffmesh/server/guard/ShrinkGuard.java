package dev.skiffmesh.server.guard;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.server.state.SavedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands between one registry and what is in force. A registry that restarts may list nothing until
 * its providers are back, and providers may lose their registry while we see it well
 * (alibaba/nacos#4470, #5163, #10209); who believes that empties every proxy.
 *
 * <p>A service that loses more than its share of usable instances within {@link #WINDOW} is held
 * back for {@link #GATHER}. If the registry was lost, or read anew, within {@link #UNSETTLED}, or
 * if other services fell with it, the last good instances stay (with what the registry adds,
 * changes or drains) until the registry lists enough again, an operator agrees, or the hold time is
 * over. A service that falls alone in normal times is believed.
 *
 * <p>A pure state machine: it is told the time, in nanoseconds from an arbitrary moment, and
 * answers with the events to apply. Confined to one thread.
 */
public final class ShrinkGuard {

  /** Losses of one service, and falls of several, belong together within this time. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  /** How long a fall waits for others: a real deregistration is in force within two seconds. */
  static final Duration GATHER = Duration.ofSeconds(1);

  /** For so long after a loss, and after many services fell, every fall is doubted. */
  static final Duration UNSETTLED = Duration.ofSeconds(60);

  /** What a restart of ours brought back is compared with what the registry says at first. */
  static final Duration FIRST_READ = Duration.ofSeconds(10);

  private final GuardSettings settings;
  private final Kept kept;
  private final Consumer<Doubt> doubts;
  private final SortedMap<ServiceId, Suspect> suspects = new TreeMap<>();
  private final Coincidence coincidence;
  private boolean isSynced;
  private boolean wasHeard;
  private long unsettledUntil;
  private String unsettledBy = "was not read before";

  /**
   * Over what is in force of one registry.
   *
   * @param doubts told once for each service and step
   */
  public ShrinkGuard(GuardSettings settings, Kept kept, Consumer<Doubt> doubts) {
    this.settings = settings;
    this.kept = kept;
    this.doubts = doubts;
    this.coincidence = new Coincidence(kept, WINDOW);
  }

  /** What is to be applied of what the registry says, in this order. */
  public List<SourceEvent> pass(SourceEvent event, long now) {
    return switch (event) {
      case SourceEvent.EndpointsReplaced told -> List.of(endpoints(told, now));
      case SourceEvent.ServicesReplaced told -> services(told, now);
      case SourceEvent.ServicesChanged told -> services(told, now);
      case SourceEvent.Synced _ -> {
        if (!isSynced && wasHeard) {
          doubt("was read anew after a loss", UNSETTLED, now);
        } else if (!isSynced) {
          doubt("was read for the first time", FIRST_READ, now);
        }
        isSynced = true;
        wasHeard = true;
        yield List.of(event);
      }
      case SourceEvent.Lost _ -> {
        isSynced = false;
        wasHeard = true;
        doubt("was lost", UNSETTLED, now);
        yield List.of(event);
      }
      case SourceEvent.PortionFindings _, SourceEvent.PolicyPut _, SourceEvent.PolicyDeleted _ ->
          List.of(event);
    };
  }

  private void doubt(String by, Duration howLong, long now) {
    unsettledUntil = now + howLong.toNanos();
    unsettledBy = by;
    // Who comes back from a loss is given the whole time again.
    suspects.values().stream().filter(Suspect::isHeld).forEach(held -> held.until = holdEnd(now));
  }

  private boolean isUnsettled(long now) {
    return !isSynced || now - unsettledUntil < 0;
  }

  private long holdEnd(long now) {
    return now + settings.holdTime().toNanos();
  }

  private SourceEvent endpoints(SourceEvent.EndpointsReplaced told, long now) {
    ServiceId id = told.service();
    Suspect suspect = suspects.get(id);
    if (suspect != null) {
      suspect.told(told.endpoints());
      settle(id, suspect);
    } else if (kept.services().containsKey(id)) {
      judge(kept.services().get(id), told.endpoints(), now);
    }
    Suspect doubted = suspects.get(id);
    return doubted == null ? told : new SourceEvent.EndpointsReplaced(id, doubted.shown());
  }

  /** Forgets a suspect that is well again. */
  private void settle(ServiceId id, Suspect suspect) {
    if (!suspect.isGone() && !suspect.shrinkage().exceeds(settings.fallOf(id))) {
      suspects.remove(id);
      if (suspect.isHeld()) {
        doubts.accept(Doubt.RECOVERED);
      }
    }
  }

  /** Looks at what a service loses; a new suspect if that is much. */
  private @Nullable Suspect judge(SavedService current, EndpointSet said, long now) {
    ServiceId id = current.service().id();
    if (Shrinkage.between(current.endpoints(), said).lost() == 0) {
      return null;
    }
    SavedService good = coincidence.best(current, now);
    if (!Shrinkage.between(good.endpoints(), said).exceeds(settings.fallOf(id))) {
      if (good.equals(current)) {
        coincidence.lost(current, now);
      }
      return null;
    }
    Suspect suspect = new Suspect(current, good, kept.holders(id), said, now);
    suspects.put(id, suspect);
    if (isUnsettled(now)) {
      hold(suspect, "the registry " + unsettledBy, now);
    }
    return suspect;
  }

  private void hold(Suspect suspect, String reason, long now) {
    suspect.reason = reason;
    doubts.accept(Doubt.HELD);
    suspect.until = holdEnd(now);
  }

  private List<SourceEvent> services(SourceEvent.ServicesReplaced told, long now) {
    SortedMap<ServiceId, Service> missed = new TreeMap<>();
    List<SourceEvent> events = new ArrayList<>();
    for (Map.Entry<ServiceId, Service> known : kept.portion(told.portion()).entrySet()) {
      ServiceId id = known.getKey();
      if (!told.services().containsKey(id)) {
        Suspect suspect = unlisted(id, told.portion(), now);
        if (suspect != null) {
          missed.put(id, known.getValue());
          events.add(new SourceEvent.EndpointsReplaced(id, suspect.shown()));
        }
      }
    }
    events.addAll(listed(told.portion(), told.services()));
    missed.putAll(told.services());
    events.addFirst(
        missed.size() == told.services().size()
            ? told
            : new SourceEvent.ServicesReplaced(told.portion(), missed));
    return events;
  }

  /** What is doubted of the services that are gone stays. */
  private List<SourceEvent> services(SourceEvent.ServicesChanged told, long now) {
    SortedSet<ServiceId> gone = new TreeSet<>(told.removed());
    List<SourceEvent> events = new ArrayList<>();
    for (ServiceId id : told.removed()) {
      Suspect suspect = unlisted(id, told.portion(), now);
      if (suspect != null) {
        gone.remove(id);
        events.add(new SourceEvent.EndpointsReplaced(id, suspect.shown()));
      }
    }
    events.addAll(listed(told.portion(), told.put()));
    if (!gone.isEmpty() || !told.put().isEmpty()) {
      events.addFirst(new SourceEvent.ServicesChanged(told.portion(), told.put(), gone));
    }
    return events;
  }

  /**
   * Their instances are told next. One that has moved here from another portion, where it was kept,
   * leaves that one: its registry will not say so again.
   */
  private List<SourceEvent> listed(String portion, SortedMap<ServiceId, Service> there) {
    List<SourceEvent> events = new ArrayList<>();
    suspects.forEach(
        (id, suspect) -> {
          if (there.containsKey(id)) {
            suspect
                .listed(portion)
                .ifPresent(before -> events.add(gone(before, new TreeSet<>(List.of(id)))));
          }
        });
    return events;
  }

  private static SourceEvent gone(String portion, SortedSet<ServiceId> services) {
    return new SourceEvent.ServicesChanged(portion, new TreeMap<>(), services);
  }

  private @Nullable Suspect unlisted(ServiceId id, String portion, long now) {
    Suspect suspect = suspects.get(id);
    if (suspect == null && kept.holders(id).equals(Set.of(portion))) {
      suspect = judge(kept.services().get(id), EndpointSet.EMPTY, now);
    }
    return suspect != null && suspect.unlisted(portion) ? suspect : null;
  }

  /** When {@link #due} has something to do next; empty if nothing waits. */
  public OptionalLong next() {
    return suspects.values().stream()
        .mapToLong(suspect -> suspect.isHeld() ? suspect.until : suspect.since + GATHER.toNanos())
        .min();
  }

  /** What is to be applied because time has passed. */
  public List<SourceEvent> due(long now) {
    coincidence.forget(now);
    List<SourceEvent> events = new ArrayList<>();
    SortedMap<ServiceId, Coincidence.Loss> fallen = coincidence.believed(suspects.keySet());
    int together = coincidence.together(suspects.values(), fallen, now);
    if (together > 0) {
      unsettledUntil = now + UNSETTLED.toNanos();
      unsettledBy = "lately took down %d services together".formatted(together);
      events.addAll(bringBack(fallen));
    }
    SortedSet<ServiceId> believed = new TreeSet<>();
    suspects.forEach(
        (id, suspect) -> {
          if (!suspect.isHeld() && together > 0) {
            hold(suspect, "%d services fell within seconds".formatted(together), now);
            events.add(new SourceEvent.EndpointsReplaced(id, suspect.shown()));
          } else if (!suspect.isHeld() && now - suspect.since >= GATHER.toNanos()) {
            coincidence.fell(suspect.good, suspect.since);
            believed.add(id);
          } else if (suspect.isHeld() && now - suspect.until >= 0) {
            if (isSynced) {
              doubts.accept(Doubt.EXPIRED);
              believed.add(id);
            } else {
              // Nobody is there to be believed.
              suspect.until = holdEnd(now);
            }
          }
        });
    events.addAll(believe(believed));
    return events;
  }

  /** Those that fell first were believed, before others showed that it was no coincidence. */
  private List<SourceEvent> bringBack(SortedMap<ServiceId, Coincidence.Loss> fallen) {
    SortedMap<String, SortedMap<ServiceId, Service>> portions = new TreeMap<>();
    fallen.forEach(
        (id, loss) -> {
          SavedService good = loss.good();
          SortedSet<String> listed = kept.holders(id);
          suspects.put(id, new Suspect(good, good, listed, kept.endpoints(id), loss.at()));
          if (listed.isEmpty()) {
            portions.computeIfAbsent(good.portion(), _ -> new TreeMap<>()).put(id, good.service());
          }
        });
    List<SourceEvent> events = new ArrayList<>();
    portions.forEach(
        (portion, back) ->
            events.add(new SourceEvent.ServicesChanged(portion, back, new TreeSet<>())));
    return events;
  }

  /**
   * An operator says that the registry is right.
   *
   * @param which of the services that are held back
   * @param accepted takes those that were
   * @return what is to be applied
   */
  public List<SourceEvent> accept(Predicate<ServiceId> which, SortedSet<ServiceId> accepted) {
    suspects.forEach(
        (id, suspect) -> {
          if (suspect.isHeld() && which.test(id)) {
            accepted.add(id);
            doubts.accept(Doubt.ACCEPTED);
          }
        });
    return believe(accepted);
  }

  private List<SourceEvent> believe(SortedSet<ServiceId> services) {
    SortedMap<String, SortedSet<ServiceId>> portions = new TreeMap<>();
    List<SourceEvent> events = new ArrayList<>();
    for (ServiceId id : services) {
      Suspect suspect = Optional.ofNullable(suspects.remove(id)).orElseThrow();
      if (suspect.isGone()) {
        portions.computeIfAbsent(suspect.keptIn(), _ -> new TreeSet<>()).add(id);
      } else {
        events.add(new SourceEvent.EndpointsReplaced(id, suspect.said()));
      }
    }
    portions.forEach((portion, gone) -> events.add(gone(portion, gone)));
    return events;
  }

  /** What is held back now. */
  public List<HeldBack> held(long now) {
    List<HeldBack> held = new ArrayList<>();
    suspects.forEach(
        (id, suspect) -> {
          String reason = suspect.reason;
          if (reason != null) {
            Shrinkage shrinkage = suspect.shrinkage();
            held.add(
                new HeldBack(
                    id,
                    shrinkage.before(),
                    shrinkage.before() - shrinkage.lost(),
                    reason,
                    Duration.ofNanos(Math.max(0, suspect.until - now)),
                    suspect.said()));
          }
        });
    return held;
  }
}
