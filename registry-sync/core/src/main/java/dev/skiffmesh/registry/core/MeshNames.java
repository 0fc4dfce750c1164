package dev.skiffmesh.registry.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The mesh names of all services of one namespace, kept up to date: {@link ServiceNames#meshNames}
 * of all originals that are in it. A change costs what it renames. Not thread-safe.
 */
final class MeshNames {

  /** By the name that each original would have if it were alone. */
  private final SortedMap<String, SortedSet<String>> claims = new TreeMap<>();

  /** The claims of more than one. */
  private final SortedSet<String> clashing = new TreeSet<>();

  private final Map<String, String> names = new HashMap<>();

  /** The mesh name of an original; empty if it is not in. */
  Optional<String> of(String original) {
    return Optional.ofNullable(names.get(original));
  }

  /**
   * Takes an original in.
   *
   * @return the names that others had before and have no more, by their originals: of two that come
   *     to one name, both may be told apart from then on
   */
  SortedMap<String, String> add(String original) {
    String claimed = ServiceNames.meshName(original);
    SortedSet<String> claimants = claims.computeIfAbsent(claimed, _ -> new TreeSet<>());
    claimants.add(original);
    if (claimants.size() > 1) {
      clashing.add(claimed);
    }
    return renamed(claimants);
  }

  /**
   * Lets an original go.
   *
   * @return as {@link #add}; the original's own name among them
   */
  SortedMap<String, String> remove(String original) {
    SortedMap<String, String> before = new TreeMap<>();
    String name = names.remove(original);
    if (name != null) {
      before.put(original, name);
      String claimed = ServiceNames.meshName(original);
      SortedSet<String> claimants = claims.getOrDefault(claimed, new TreeSet<>());
      claimants.remove(original);
      if (claimants.size() < 2) {
        clashing.remove(claimed);
      }
      if (claimants.isEmpty()) {
        claims.remove(claimed);
      }
      before.putAll(renamed(claimants));
    }
    return before;
  }

  /** The originals that would have one name if each were alone, by that name. */
  SortedMap<String, List<String>> clashes() {
    SortedMap<String, List<String>> clashes = new TreeMap<>();
    clashing.forEach(
        name -> clashes.put(name, List.copyOf(Objects.requireNonNull(claims.get(name)))));
    return clashes;
  }

  private SortedMap<String, String> renamed(SortedSet<String> claimants) {
    SortedMap<String, String> before = new TreeMap<>();
    ServiceNames.meshNames(claimants)
        .forEach(
            (original, name) -> {
              String old = names.put(original, name);
              if (old != null && !old.equals(name)) {
                before.put(original, old);
              }
            });
    return before;
  }
}
