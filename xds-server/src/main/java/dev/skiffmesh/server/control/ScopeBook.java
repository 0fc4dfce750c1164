package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.server.state.SavedScope.Use;
import dev.skiffmesh.server.state.SavedScope.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which services each workload has asked for or called. What one replica uses is sent to all others
 * up front, after a restart too, so that the delay of a first call comes once in a workload's life.
 * Confined to the control thread.
 */
final class ScopeBook {

  /**
   * What nobody has asked for or called since is no longer sent up front (xds-delivery.md, "On
   * demand").
   */
  static final Duration LIFE = Duration.ofDays(7);

  /** Writing each moment down would cost a file each time a proxy reconnects. */
  private static final Duration PRECISION = Duration.ofHours(1);

  private final NavigableMap<Workload, NavigableMap<ServiceId, Use>> uses = new TreeMap<>();
  private final Consumer<SavedScope> changed;
  private @Nullable List<SavedScope> all;

  /**
   * An empty book.
   *
   * @param changed is told what to keep of a workload
   */
  ScopeBook(Consumer<SavedScope> changed) {
    this.changed = changed;
  }

  void restore(Collection<SavedScope> saved) {
    all = null;
    saved.forEach(scope -> uses.put(scope.workload(), new TreeMap<>(scope.uses())));
  }

  /** What {@code workload} uses; a version that nobody has seen begins with that of the others. */
  SortedSet<ServiceId> of(Workload workload) {
    NavigableMap<ServiceId, Use> own = uses.get(workload);
    if (own == null) {
      own = ofOtherVersions(workload);
      if (!own.isEmpty()) {
        uses.put(workload, own);
        tell(workload, own);
      }
    }
    return Immutable.sortedSet(own.keySet());
  }

  private NavigableMap<ServiceId, Use> ofOtherVersions(Workload workload) {
    NavigableMap<ServiceId, Use> together = new TreeMap<>();
    // The empty version is the first of a service's.
    for (Map.Entry<Workload, NavigableMap<ServiceId, Use>> entry :
        uses.tailMap(new Workload(workload.service(), "")).entrySet()) {
      if (!entry.getKey().service().equals(workload.service())) {
        break;
      }
      entry.getValue().forEach((service, use) -> together.merge(service, use, ScopeBook::together));
    }
    return together;
  }

  private static Use together(Use one, Use other) {
    return new Use(
        one.first().isBefore(other.first()) ? one.first() : other.first(),
        one.last().isAfter(other.last()) ? one.last() : other.last());
  }

  /** Writes down that {@code workload} uses them; returns whether any of it is new. */
  boolean used(Workload workload, Set<ServiceId> services, Instant now) {
    if (!uses.containsKey(workload)) {
      uses.put(workload, new TreeMap<>());
      all = null;
    }
    NavigableMap<ServiceId, Use> own = uses.get(workload);
    boolean news = false;
    boolean worth = false;
    for (ServiceId service : services) {
      Use before = own.get(service);
      news |= before == null;
      if (before == null || Duration.between(before.last(), now).compareTo(PRECISION) >= 0) {
        own.put(service, new Use(before == null ? now : before.first(), now));
        worth = true;
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
      if (own.values().removeIf(use -> use.last().plus(LIFE).isBefore(now))) {
        tell(workload, own);
      }
      if (own.isEmpty()) {
        uses.remove(workload);
        all = null;
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
