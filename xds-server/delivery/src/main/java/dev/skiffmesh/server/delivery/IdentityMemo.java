package dev.skiffmesh.server.delivery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Remembers what was worked out of two objects that never change, by their identities: a thousand
 * streams ask the same of the same objects, and to compare contents would be the work that is
 * saved. Thread-safe.
 *
 * @param <V> what is worked out
 */
final class IdentityMemo<V> {

  private record Pair(Object one, Object other) {
    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(Object another) {
      return another instanceof Pair pair && pair.one == one && pair.other == other;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(one) + System.identityHashCode(other);
    }
  }

  private final Map<Pair, V> answers;

  /**
   * Nothing is remembered yet.
   *
   * @param most how many answers are kept, those that were asked for last; each keeps its objects
   *     alive
   */
  IdentityMemo(int most) {
    answers =
        Collections.synchronizedMap(
            new LinkedHashMap<>(most, 0.75f, true) {
              private static final long serialVersionUID = 1;

              @Override
              protected boolean removeEldestEntry(Map.Entry<Pair, V> eldest) {
                return size() > most;
              }
            });
  }

  /** The answer for these two. Two threads may both work it out; then one of the two is kept. */
  V of(Object one, Object other, Supplier<V> work) {
    Pair pair = new Pair(one, other);
    V known = answers.get(pair);
    if (known != null) {
      return known;
    }
    V worked = work.get();
    V first = answers.putIfAbsent(pair, worked);
    return first == null ? worked : first;
  }
}
