package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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

  private final IdentityMemo<List<String>> memo = new IdentityMemo<>(REMEMBERED);

  /** Nothing is remembered yet. */
  public Differences() {}

  /** The names whose version differs or that only one of the two has, in order. */
  @SuppressWarnings("ReferenceEquality") // The same object has no differences.
  public List<String> between(TreePMap<String, Resource> before, TreePMap<String, Resource> after) {
    if (before == after) {
      return List.of();
    }
    return memo.of(before, after, () -> compute(before, after));
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
