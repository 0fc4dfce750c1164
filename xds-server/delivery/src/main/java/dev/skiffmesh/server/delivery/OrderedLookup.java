package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import java.util.Iterator;
import java.util.SortedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Looks names up in a sorted collection. Whoever asks in the collection's order, as a step over all
 * names of a type does, pays for a walk along it and not for a search each time: at a thousand
 * names that is the difference between one comparison and ten. Any other order is answered as well.
 * Not thread-safe; the collection must not change.
 *
 * @param <T> what is found
 */
final class OrderedLookup<T> {

  /** So many searches before the first walk: most steps are about one name. */
  private static final int SEARCHES = 2;

  /** Further than this a search is cheaper. */
  private static final int STEPS = 8;

  private final Function<String, @Nullable T> search;
  private final Function<String, Iterator<T>> from;
  private final Function<T, String> nameOf;
  private int searches;

  /** Where the walk stands: every name between these two is missing. */
  private @Nullable String lower;

  private @Nullable T upper;
  private @Nullable Iterator<T> rest;

  /**
   * Nothing is looked up yet.
   *
   * @param search what has that name; null for nothing
   * @param from everything from that name on, in order of names
   * @param nameOf its name
   */
  OrderedLookup(
      Function<String, @Nullable T> search,
      Function<String, Iterator<T>> from,
      Function<T, String> nameOf) {
    this.search = search;
    this.from = from;
    this.nameOf = nameOf;
  }

  /** The resources of a map by their names, which are its keys. */
  static OrderedLookup<Resource> in(TreePMap<String, Resource> resources) {
    return new OrderedLookup<>(
        resources::get, name -> resources.tailMap(name).values().iterator(), Resource::name);
  }

  /** The names of a set. */
  static OrderedLookup<String> in(SortedSet<String> names) {
    return new OrderedLookup<>(
        name -> names.contains(name) ? name : null,
        name -> names.tailSet(name).iterator(),
        name -> name);
  }

  /** What has that name; null for nothing. */
  @Nullable T find(String name) {
    if (rest == null && searches++ < SEARCHES) {
      return search.apply(name);
    }
    if (rest == null || !isAhead(name) || !walkTo(name)) {
      Iterator<T> begun = from.apply(name);
      rest = begun;
      lower = name;
      upper = begun.hasNext() ? begun.next() : null;
    }
    T found = upper;
    return found != null && nameOf.apply(found).equals(name) ? found : null;
  }

  private boolean isAhead(String name) {
    return lower != null && lower.compareTo(name) < 0;
  }

  /** Goes on until {@code upper} is not before {@code name}; false if that is too far. */
  private boolean walkTo(String name) {
    Iterator<T> walk = rest;
    for (int step = 0; step < STEPS; step++) {
      T now = upper;
      if (now == null || walk == null) {
        return true;
      }
      String reached = nameOf.apply(now);
      if (reached.equals(name) || reached.compareTo(name) > 0) {
        return true;
      }
      lower = reached;
      upper = walk.hasNext() ? walk.next() : null;
    }
    return false;
  }
}
