package dev.skiffmesh.registry.core;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was told of each key last. It holds the very objects that were passed on, which their
 * listener holds too: a source that makes everything anew at each look (polls, resyncs) costs no
 * second copy of what stays equal, but an entry of a map for each key, some 50 bytes. Not
 * thread-safe.
 */
final class Told<K extends Comparable<K>, V> {

  private final Map<K, V> told = new HashMap<>();

  /** Null if nothing was told of it. */
  @Nullable V get(K key) {
    return told.get(key);
  }

  /** Tells whether it is something else than what was told last, and takes its place then. */
  boolean isNew(K key, V now) {
    if (now.equals(told.get(key))) {
      return false;
    }
    told.put(key, now);
    return true;
  }

  /** Forgets a key; returns whether something was told of it. */
  boolean remove(K key) {
    return told.remove(key) != null;
  }

  /** Those of which something was told and that are not among {@code others}. */
  Set<K> without(Set<K> others) {
    Set<K> rest = new TreeSet<>();
    for (K key : told.keySet()) {
      if (!others.contains(key)) {
        rest.add(key);
      }
    }
    return rest;
  }
}
