package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What is remembered of a proxy from one of its streams to the next.
 *
 * @param ghosts names by type that the proxy may have although it never accepted them: Envoy
 *     applies the good clusters and listeners of a response that it rejects, and does not name them
 *     when it reconnects
 * @param answered hosts that it asked for and that were answered: when it lists them again, no
 *     request waits for them
 */
record Farewell(SortedMap<ResourceKind, SortedSet<String>> ghosts, SortedSet<String> answered) {

  /** Nothing is remembered. */
  static final Farewell NONE =
      new Farewell(Immutable.sortedMap(Map.of()), Immutable.sortedSet(Set.of()));

  Farewell {
    ghosts = Immutable.sortedMap(ghosts);
    answered = Immutable.sortedSet(answered);
  }

  boolean isEmpty() {
    return ghosts.isEmpty() && answered.isEmpty();
  }
}
