package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.status.Finding;
import java.util.List;
import java.util.Optional;

/** What the engine knows of its live streams; thread-safe, returns at once. */
@FunctionalInterface
public interface StreamInspector {

  /** How {@code stream} stands now; empty once it has ended. */
  Optional<StreamStanding> inspect(StreamId stream);

  /** What is odd about the port itself: limits that were reached lately. */
  default List<Finding> findings() {
    return List.of();
  }
}
