package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Endpoint;

/** What one node means. */
sealed interface MappedNode {

  /**
   * An instance.
   *
   * @param service what its service is called in ZooKeeper
   * @param since when it was registered, in milliseconds; 0 if nobody says
   */
  record Instance(String service, Endpoint endpoint, long since) implements MappedNode {}

  /** None; the problem says what must be true and what was found. */
  record Malformed(String problem) implements MappedNode {}
}
