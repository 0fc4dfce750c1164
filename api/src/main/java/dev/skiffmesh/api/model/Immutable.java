package dev.skiffmesh.api.model;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Immutable sorted copies: the JDK has no {@code copyOf} for sorted collections. */
public final class Immutable {

  private Immutable() {}

  /** A sorted copy in natural order that cannot change. */
  public static <T extends Comparable<T>> SortedSet<T> sortedSet(Collection<? extends T> elements) {
    return Collections.unmodifiableSortedSet(new TreeSet<T>(elements));
  }

  /** A copy sorted by key in natural order that cannot change; the same if it is one already. */
  public static <K extends Comparable<K>, V> SortedMap<K, V> sortedMap(
      Map<? extends K, ? extends V> entries) {
    return ArraySortedMap.copyOf(entries);
  }
}
