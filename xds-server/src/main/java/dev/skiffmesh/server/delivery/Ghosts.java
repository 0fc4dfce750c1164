package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Names that a proxy may have although it never accepted them, kept from one of its streams to the
 * next: Envoy applies the good clusters and listeners of a response that it rejects, and does not
 * name them when it reconnects. Thread-safe; the {@value #NODES} nodes that were used last are
 * kept.
 */
final class Ghosts {

  private static final int NODES = 10_000;

  private final Map<String, SortedMap<ResourceKind, SortedSet<String>>> byNode =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(
                Map.Entry<String, SortedMap<ResourceKind, SortedSet<String>>> eldest) {
              return size() > NODES;
            }
          });

  SortedMap<ResourceKind, SortedSet<String>> of(String nodeId) {
    return byNode.getOrDefault(nodeId, new TreeMap<>());
  }

  void keep(String nodeId, SortedMap<ResourceKind, SortedSet<String>> ghosts) {
    byNode.remove(nodeId);
    if (!ghosts.isEmpty()) {
      byNode.put(nodeId, ghosts);
    }
  }
}
