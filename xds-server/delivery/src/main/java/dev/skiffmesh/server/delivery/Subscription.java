package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a stream asks for of one type.
 *
 * @param wildcard everything that the proxy may see
 * @param explicit whether the proxy has ever written a name or {@code *}: from then on an empty
 *     state-of-the-world request means nothing, not everything
 * @param shared names that are kept by another object as well, so that a thousand streams that ask
 *     for the same thousand assignments hold one set
 * @param own the other names; none of {@code shared}
 */
record Subscription(
    boolean wildcard, boolean explicit, SortedSet<String> shared, SortedSet<String> own) {

  /** The name that stands for everything. */
  static final String WILDCARD = "*";

  private static final SortedSet<String> NO_NAMES = Immutable.sortedSet(Set.of());

  static final Subscription NONE = new Subscription(false, false, NO_NAMES, NO_NAMES);

  /** The wildcard of a first request without names. */
  static final Subscription LEGACY_WILDCARD = new Subscription(true, false, NO_NAMES, NO_NAMES);

  boolean names(String name) {
    return shared.contains(name) || own.contains(name);
  }

  boolean covers(String name) {
    return wildcard || names(name);
  }

  boolean isEmpty() {
    return !wildcard && shared.isEmpty() && own.isEmpty();
  }

  /** The names that only this stream keeps. */
  SortedSet<String> ownNames() {
    return own;
  }

  SortedSet<String> allNames() {
    if (own.isEmpty()) {
      return shared;
    }
    if (shared.isEmpty()) {
      return own;
    }
    SortedSet<String> all = new TreeSet<>(shared);
    all.addAll(own);
    return Collections.unmodifiableSortedSet(all);
  }

  Subscription withWildcard(boolean now) {
    return new Subscription(now, true, shared, own);
  }

  Subscription with(Collection<String> added, Collection<String> removed) {
    if (added.isEmpty() && removed.isEmpty()) {
      return this;
    }
    // One name more must not cost as much as all of them.
    boolean keep = Collections.disjoint(shared, removed);
    TreeSet<String> names = new TreeSet<>(own);
    if (!keep) {
      names.addAll(shared);
    }
    names.removeAll(removed);
    for (String name : added) {
      if (!keep || !shared.contains(name)) {
        names.add(name);
      }
    }
    return new Subscription(
        wildcard, true, keep ? shared : NO_NAMES, Collections.unmodifiableSortedSet(names));
  }

  /**
   * Tells whether names that were asked for first are exactly {@code candidate}; mostly they are.
   */
  boolean becomes(SortedSet<String> candidate, Collection<String> added) {
    if (!shared.isEmpty() || !own.isEmpty() || candidate.size() != added.size()) {
      return false;
    }
    OrderedLookup<String> lookup = OrderedLookup.in(candidate);
    // Each only once, which a sorted list shows at a glance.
    String last = "";
    for (String name : added) {
      if (last.compareTo(name) >= 0 || lookup.find(name) == null) {
        return false;
      }
      last = name;
    }
    return true;
  }

  /** Nothing but {@code names} by name. */
  Subscription withShared(SortedSet<String> names) {
    return new Subscription(wildcard, true, names, NO_NAMES);
  }

  /**
   * Uses {@code candidate} for the names in it, if all of them are asked for.
   *
   * @param differences what {@code candidate} has and {@link #shared} has not
   */
  @SuppressWarnings("ReferenceEquality") // It is about which object is kept, not what is in it.
  Subscription sharing(SortedSet<String> candidate, NameDifferences differences) {
    int size = shared.size() + own.size();
    if (candidate == shared || candidate.isEmpty() || candidate.size() > size) {
      return this;
    }
    NameDifferences.Difference difference = differences.between(shared, candidate);
    if (!own.containsAll(difference.added())) {
      return this;
    }
    SortedSet<String> rest = new TreeSet<>(own);
    rest.removeAll(difference.added());
    rest.addAll(difference.removed());
    return new Subscription(
        wildcard, explicit, candidate, rest.isEmpty() ? NO_NAMES : Immutable.sortedSet(rest));
  }
}
