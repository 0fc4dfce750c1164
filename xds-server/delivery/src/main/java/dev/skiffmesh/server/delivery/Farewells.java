package dev.skiffmesh.server.delivery;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;

/**
 * The {@link Farewell}s of the proxies that left last, as many as there is room for. Whoever is
 * forgotten is sent a few things once more that it has. Thread-safe.
 */
final class Farewells {

  /** A proxy that has called a hundred hosts takes some 10 KiB, so these are 6,000 of them. */
  private static final long MOST_BYTES = 64L << 20;

  /** Beside the characters of a name: its object, and its place in a set. */
  private static final int BYTES_BESIDE_NAME = 100;

  private final long mostBytes;
  private final Map<String, Farewell> byNode = new LinkedHashMap<>();
  private long bytes;

  Farewells() {
    this(MOST_BYTES);
  }

  Farewells(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  synchronized Farewell of(String nodeId) {
    return byNode.getOrDefault(nodeId, Farewell.NONE);
  }

  synchronized void keep(String nodeId, Farewell farewell) {
    Farewell before = byNode.remove(nodeId);
    if (before != null) {
      bytes -= size(nodeId, before);
    }
    if (farewell.isEmpty()) {
      return;
    }
    byNode.put(nodeId, farewell);
    bytes += size(nodeId, farewell);
    Iterator<Map.Entry<String, Farewell>> oldest = byNode.entrySet().iterator();
    while (bytes > mostBytes && oldest.hasNext()) {
      Map.Entry<String, Farewell> each = oldest.next();
      bytes -= size(each.getKey(), each.getValue());
      oldest.remove();
    }
  }

  private static long size(String nodeId, Farewell farewell) {
    long size = size(nodeId) + size(farewell.answered());
    for (SortedSet<String> names : farewell.ghosts().values()) {
      size += size(names);
    }
    return size;
  }

  private static long size(SortedSet<String> names) {
    long size = 0;
    for (String name : names) {
      size += size(name);
    }
    return size;
  }

  private static long size(String name) {
    return BYTES_BESIDE_NAME + 2L * name.length();
  }
}
