package dev.skiffmesh.server.delivery;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;

/**
 * What two sorted sets of names differ by. A thousand streams go from the same old set to the same
 * new one, so the last answers are kept by the sets' identities. Thread-safe; the sets must not
 * change.
 */
final class NameDifferences {

  private static final int REMEMBERED = 8;

  /**
   * How one set becomes another, each in order.
   *
   * @param added what only the second has
   * @param removed what only the first has
   */
  record Difference(List<String> added, List<String> removed) {}

  private final IdentityMemo<Difference> memo = new IdentityMemo<>(REMEMBERED);

  Difference between(SortedSet<String> before, SortedSet<String> after) {
    return memo.of(before, after, () -> compute(before, after));
  }

  private static Difference compute(SortedSet<String> before, SortedSet<String> after) {
    List<String> added = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    Iterator<String> left = before.iterator();
    Iterator<String> right = after.iterator();
    String old = next(left);
    String now = next(right);
    while (old != null || now != null) {
      int order = old == null ? 1 : now == null ? -1 : old.compareTo(now);
      if (order < 0) {
        removed.add(old);
        old = next(left);
      } else if (order > 0) {
        added.add(now);
        now = next(right);
      } else {
        old = next(left);
        now = next(right);
      }
    }
    return new Difference(List.copyOf(added), List.copyOf(removed));
  }

  private static String next(Iterator<String> names) {
    return names.hasNext() ? names.next() : null;
  }
}
