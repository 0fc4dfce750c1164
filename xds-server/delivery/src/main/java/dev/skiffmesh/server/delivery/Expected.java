package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Names that a proxy will ask for, since what it was sent refers to them, and cannot use that
 * before it has them. What refers to it in turn waits so long, but never longer than two ticks of
 * the stream: who does not ask holds nothing up.
 *
 * @param names not asked for yet
 * @param old whether a tick has passed since the last of them came
 */
record Expected(SortedSet<String> names, boolean old) {

  static final Expected NOTHING = new Expected(Immutable.sortedSet(Set.of()), false);

  boolean isEmpty() {
    return names.isEmpty();
  }

  Expected and(String name) {
    SortedSet<String> more = new TreeSet<>(names);
    more.add(name);
    return new Expected(Immutable.sortedSet(more), false);
  }

  /** What is left when those have been asked for. */
  Expected without(Predicate<String> asked) {
    if (names.stream().noneMatch(asked)) {
      return this;
    }
    SortedSet<String> left = new TreeSet<>(names);
    left.removeIf(asked);
    return left.isEmpty() ? NOTHING : new Expected(Immutable.sortedSet(left), old);
  }

  /** What is left after a tick. */
  Expected older() {
    return old || isEmpty() ? NOTHING : new Expected(names, true);
  }
}
