package dev.skiffmesh.registry.etcd;

import dev.skiffmesh.api.model.Immutable;
import java.util.SortedMap;

/**
 * All keys of the prefix at one moment.
 *
 * @param cluster the cluster's id; another one is another store at the same address
 * @param revision the moment in the cluster's own count
 * @param keys with their values
 */
record EtcdListing(long cluster, long revision, SortedMap<String, Stored> keys) {
  EtcdListing {
    keys = Immutable.sortedMap(keys);
  }

  /** Tells whether this goes on where {@code earlier} was, rather than being another history. */
  boolean continues(EtcdListing earlier) {
    return cluster == earlier.cluster && revision >= earlier.revision;
  }
}
