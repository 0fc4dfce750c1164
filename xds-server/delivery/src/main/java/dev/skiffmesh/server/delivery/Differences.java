package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pcollections.TreePMap;

/**
 * Which names differ between two maps of resources; thread-safe.
 *
 * <p>A thousand streams step from the same old map to the same new map, so the last answers are
 * kept by the maps' identities. They hold a few old maps alive, which share nearly everything with
 * the new ones.
 */
public final class Differences {

  private static final int REMEMBERED = 32;

  private record Pair(TreePMap<String, Resource> before, TreePMap<String, Resource> after) {
    @Override
    @SuppressWarnings("ReferenceEquality") // A memo by identity: comparing contents is the work.
    public boolean equals(Object other) {
      return other instanceof Pair pair && pair.before == before && pair.after == after;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(before) + System.identityHashCode(after);
    }
  }

  private final Map<Pair, List<String>> memo =
      Collections.synchronizedMap(
          new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Pair, List<String>> eldest) {
              return size() > REMEMBERED;
            }
          });

  /** Nothing is remembered yet. */
  public Differences() {}

  /** The names whose version differs or that only one of the two has, in order. */
  @SuppressWarnings("ReferenceEquality") // The same object has no differences.
  public List<String> between(TreePMap<String, Resource> before, TreePMap<String, Resource> after) {
    if (before == after) {
      return List.of();
    }
    Pair pair = new Pair(before, after);
    List<String> known = memo.get(pair);
    if (known == null) {
      // Two threads may both compute it; the answers are equal.
      known = compute(before, after);
      memo.put(pair, known);
    }
    return known;
  }

  private static List<String> compute(
      TreePMap<String, Resource> before, TreePMap<String, Resource> after) {
    List<String> names = new ArrayList<>();
    Iterator<Resource> left = before.values().iterator();
    Iterator<Resource> right = after.values().iterator();
    Resource old = next(left);
    Resource now = next(right);
    while (old != null || now != null) {
      int order = old == null ? 1 : now == null ? -1 : old.name().compareTo(now.name());
      if (order < 0) {
        names.add(old.name());
        old = next(left);
      } else if (order > 0) {
        names.add(now.name());
        now = next(right);
      } else {
        if (!old.version().equals(now.version())) {
          names.add(now.name());
        }
        old = next(left);
        now = next(right);
      }
    }
    return List.copyOf(names);
  }

  private static Resource next(Iterator<Resource> resources) {
    return resources.hasNext() ? resources.next() : null;
  }
}
