package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Names for whose sake something waits, each for two ticks of the stream at most: whoever does not
 * do what is hoped for holds nothing up. Immutable.
 *
 * @param ticks how many ticks each has been waited for
 */
record Patience(SortedMap<String, Integer> ticks) {

  /** How long it lasts; between one and two ticks have gone by then at least. */
  private static final int MOST = 2;

  static final Patience NONE = new Patience(Immutable.sortedMap(Map.of()));

  /** Tells whether there is no name, be it waited for or not any more. */
  boolean isEmpty() {
    return ticks.isEmpty();
  }

  /** Tells whether a name is still waited for. */
  boolean isWaiting() {
    return !ticks.isEmpty() && ticks.values().stream().anyMatch(each -> each < MOST);
  }

  /** Tells whether {@code name} was waited for, and is no more. */
  boolean isOver(String name) {
    return ticks.getOrDefault(name, 0) >= MOST;
  }

  /** With one more name, from now on unless it is among them. */
  Patience and(String name) {
    if (ticks.containsKey(name)) {
      return this;
    }
    SortedMap<String, Integer> more = new TreeMap<>(ticks);
    more.put(name, 0);
    return new Patience(Immutable.sortedMap(more));
  }

  /** Without those of which that is true. */
  Patience without(Predicate<String> names) {
    if (ticks.keySet().stream().noneMatch(names)) {
      return this;
    }
    SortedMap<String, Integer> left = new TreeMap<>(ticks);
    left.keySet().removeIf(names);
    return left.isEmpty() ? NONE : new Patience(Immutable.sortedMap(left));
  }

  /** After a tick. */
  Patience older() {
    SortedMap<String, Integer> older = new TreeMap<>(ticks);
    older.replaceAll((_, each) -> Math.min(MOST, each + 1));
    return older.isEmpty() ? NONE : new Patience(Immutable.sortedMap(older));
  }
}
