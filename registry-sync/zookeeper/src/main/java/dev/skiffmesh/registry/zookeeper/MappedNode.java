package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Endpoint;
import java.util.List;

/** What one node means. */
sealed interface MappedNode {

  /**
   * An instance.
   *
   * @param service what its service is called in ZooKeeper
   * @param since when it was registered, in milliseconds; 0 if nobody says
   * @param problems what it says beside and nobody can use, as parts of sentences
   */
  record Instance(String service, Endpoint endpoint, long since, List<String> problems)
      implements MappedNode {
    /** Copies the problems. */
    public Instance {
      problems = List.copyOf(problems);
    }
  }

  /** None; the problem says what must be true and what was found. */
  record Malformed(String problem) implements MappedNode {}
}
