package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.server.state.SavedScope.Use;
import dev.skiffmesh.server.state.SavedScope.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which services each workload has asked for or called. What one replica uses is sent to all others
 * up front, after a restart too, so that the delay of a first call comes once in a workload's life.
 * Confined to the control thread.
 *
 * <p>A proxy says itself which workload it belongs to, so nothing is written down of one that no
 * registry knows, nor more than the bounds below of those that are known: whoever can open a stream
 * could otherwise fill the memory and the disk.
 */
final class ScopeBook {

  /**
   * What nobody has asked for or called since is no longer sent up front (xds-delivery.md, "On
   * demand").
   */
  static final Duration LIFE = Duration.ofDays(7);

  /** Writing each moment down would cost a file each time a proxy reconnects. */
  private static final Duration PRECISION = Duration.ofHours(1);

  /**
   * So many versions of one service: four deployments a day for the time that a use lives. A new
   * one takes the place of the one that was used longest ago.
   */
  static final int VERSIONS = 32;

  /**
   * So many uses of all workloads together: 10,000 services in five versions that each use 20, in
   * some 150 MB of memory. What comes after them is sent, but not written down.
   */
  private static final int USES = 1_000_000;

  private final NavigableMap<Workload, NavigableMap<ServiceId, Use>> uses = new TreeMap<>();
  private final Predicate<ServiceId> registered;
  private final Consumer<SavedScope> changed;
  private final int bound;

  /** The services that have as many versions as may be. */
  private final SortedSet<ServiceId> crowded = new TreeSet<>();

  /** How many uses there are over all workloads. */
  private int count;

  private @Nullable List<SavedScope> all;

  /**
   * An empty book.
   *
   * @param registered whether a registry knows that service
   * @param changed is told what to keep of a workload
   */
  ScopeBook(Predicate<ServiceId> registered, Consumer<SavedScope> changed) {
    this(registered, changed, USES);
  }

  /** The same with another bound on uses. */
  ScopeBook(Predicate<ServiceId> registered, Consumer<SavedScope> changed, int bound) {
    this.registered = registered;
    this.changed = changed;
    this.bound = bound;
  }

  /** Takes what was kept; no registry has spoken yet. */
  void restore(Collection<SavedScope> saved) {
    for (SavedScope scope : saved) {
      NavigableMap<ServiceId, Use> own = enter(scope.workload());
      scope.uses().forEach((service, use) -> add(own, service, use));
    }
  }

  /** Tells whether what {@code workload} uses is written down. */
  boolean keeps(Workload workload) {
    return registered.test(workload.service());
  }

  /** The page of {@code workload}, a new one if it has none. */
  private NavigableMap<ServiceId, Use> enter(Workload workload) {
    NavigableMap<ServiceId, Use> own = uses.get(workload);
    if (own != null) {
      return own;
    }
    List<Workload> versions = versionsOf(workload.service());
    if (versions.size() >= VERSIONS) {
      drop(Collections.min(versions, Comparator.comparing(this::lastUse)));
    }
    NavigableMap<ServiceId, Use> page = new TreeMap<>();
    uses.put(workload, page);
    all = null;
    crowd(workload.service());
    return page;
  }

  private void drop(Workload workload) {
    NavigableMap<ServiceId, Use> own = uses.remove(workload);
    if (own != null) {
      count -= own.size();
      tell(workload, new TreeMap<>());
      crowd(workload.service());
    }
  }

  private void crowd(ServiceId service) {
    if (versionsOf(service).size() >= VERSIONS) {
      crowded.add(service);
    } else {
      crowded.remove(service);
    }
  }

  private List<Workload> versionsOf(ServiceId service) {
    // The empty version is the first of a service's.
    return uses.tailMap(new Workload(service, "")).keySet().stream()
        .takeWhile(workload -> workload.service().equals(service))
        .toList();
  }

  private Instant lastUse(Workload workload) {
    return uses.get(workload).values().stream()
        .map(Use::last)
        .max(Comparator.naturalOrder())
        .orElse(Instant.MIN);
  }

  /** Returns whether there was room for it. */
  private boolean add(NavigableMap<ServiceId, Use> own, ServiceId service, Use use) {
    if (!own.containsKey(service)) {
      if (count >= bound) {
        return false;
      }
      count++;
    }
    own.put(service, use);
    return true;
  }

  /** Says which bounds are reached. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (ServiceId service : crowded) {
      findings.add(
          Finding.of(
              FindingCode.SCOPE_BOUND,
              "service " + service,
              "At most %d versions of a service may be remembered with what they use, found as many of '%s'; with each new one, the one that was used longest ago is forgotten"
                  .formatted(VERSIONS, service)));
    }
    if (count >= bound) {
      findings.add(
          Finding.of(
              FindingCode.SCOPE_BOUND,
              "scope",
              "At most %d uses of services may be remembered over all workloads, found as many; what more is asked for is sent, but not remembered"
                  .formatted(bound)));
    }
    return findings;
  }

  /** What {@code workload} uses; a version that nobody has seen begins with that of the others. */
  SortedSet<ServiceId> of(Workload workload) {
    NavigableMap<ServiceId, Use> own = uses.get(workload);
    if (own != null) {
      return Immutable.sortedSet(own.keySet());
    }
    NavigableMap<ServiceId, Use> others = ofOtherVersions(workload);
    if (!others.isEmpty() && keeps(workload)) {
      NavigableMap<ServiceId, Use> page = enter(workload);
      others.forEach((service, use) -> add(page, service, use));
      tell(workload, page);
    }
    return Immutable.sortedSet(others.keySet());
  }

  private NavigableMap<ServiceId, Use> ofOtherVersions(Workload workload) {
    NavigableMap<ServiceId, Use> together = new TreeMap<>();
    for (Workload other : versionsOf(workload.service())) {
      uses.get(other).forEach((service, use) -> together.merge(service, use, ScopeBook::together));
    }
    return together;
  }

  private static Use together(Use one, Use other) {
    return new Use(
        one.first().isBefore(other.first()) ? one.first() : other.first(),
        one.last().isAfter(other.last()) ? one.last() : other.last());
  }

  /**
   * Writes down that {@code workload} uses them, if {@linkplain #keeps anything is}; returns
   * whether any of it is new.
   */
  boolean used(Workload workload, Set<ServiceId> services, Instant now) {
    if (services.isEmpty() || !keeps(workload)) {
      return false;
    }
    NavigableMap<ServiceId, Use> own = enter(workload);
    boolean news = false;
    boolean worth = false;
    for (ServiceId service : services) {
      Use before = own.get(service);
      if (before == null || Duration.between(before.last(), now).compareTo(PRECISION) >= 0) {
        boolean added = add(own, service, new Use(before == null ? now : before.first(), now));
        news |= added && before == null;
        worth |= added;
      }
    }
    if (worth) {
      tell(workload, own);
    }
    return news;
  }

  /**
   * Tells whether {@code other} is sent what {@code workload} uses: it is the same, or another
   * version of it of which nothing is known yet.
   */
  boolean follows(Workload other, Workload workload) {
    return other.equals(workload)
        || (other.service().equals(workload.service()) && !uses.containsKey(other));
  }

  /** Drops what nobody has asked for or called within {@link #LIFE}. */
  void expire(Instant now) {
    for (Workload workload : List.copyOf(uses.keySet())) {
      NavigableMap<ServiceId, Use> own = uses.get(workload);
      int before = own.size();
      if (own.values().removeIf(use -> use.last().plus(LIFE).isBefore(now))) {
        count -= before - own.size();
        tell(workload, own);
      }
      if (own.isEmpty()) {
        drop(workload);
      }
    }
  }

  private void tell(Workload workload, SortedMap<ServiceId, Use> own) {
    all = null;
    changed.accept(new SavedScope(workload, own));
  }

  /** All of it; the same object as long as nothing has changed. */
  List<SavedScope> all() {
    List<SavedScope> known = all;
    if (known == null) {
      known =
          uses.entrySet().stream()
              .map(entry -> new SavedScope(entry.getKey(), entry.getValue()))
              .toList();
      all = known;
    }
    return known;
  }

  /** What a later proxy of the same workload is sent, beside {@code more}. */
  SortedSet<ServiceId> with(Workload workload, SortedSet<ServiceId> more) {
    SortedSet<ServiceId> all = new TreeSet<>(of(workload));
    all.addAll(more);
    return all;
  }
}
