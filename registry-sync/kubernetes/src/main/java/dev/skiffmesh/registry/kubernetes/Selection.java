package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.Immutable;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Which namespaces are read.
 *
 * @param names these alone; empty for all
 * @param labels those that have all of these; empty for all
 */
public record Selection(SortedSet<String> names, SortedMap<String, String> labels) {

  /** Copies what it is given. */
  public Selection {
    names = Immutable.sortedSet(names);
    labels = Immutable.sortedMap(labels);
  }

  /** Whether namespaces must be watched to know which are read. */
  boolean needsNamespaces() {
    return !labels.isEmpty();
  }

  /**
   * Whether a namespace is read.
   *
   * @param found its labels; empty if they are not known
   */
  boolean accepts(String namespace, Map<String, String> found) {
    return (names.isEmpty() || names.contains(namespace))
        && new TreeMap<>(found).entrySet().containsAll(labels.entrySet());
  }
}
