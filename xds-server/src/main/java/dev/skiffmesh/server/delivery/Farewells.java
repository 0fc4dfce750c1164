package dev.skiffmesh.server.delivery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@link Farewell}s of the {@value #NODES} proxies that left last. Thread-safe. */
final class Farewells {

  private static final int NODES = 10_000;

  private final Map<String, Farewell> byNode =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Farewell> eldest) {
              return size() > NODES;
            }
          });

  Farewell of(String nodeId) {
    return byNode.getOrDefault(nodeId, Farewell.NONE);
  }

  void keep(String nodeId, Farewell farewell) {
    byNode.remove(nodeId);
    if (!farewell.isEmpty()) {
      byNode.put(nodeId, farewell);
    }
  }
}
