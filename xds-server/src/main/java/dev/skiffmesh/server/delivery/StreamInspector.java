package dev.skiffmesh.server.delivery;

import java.util.Optional;

/** What the engine knows of its live streams; thread-safe, returns at once. */
@FunctionalInterface
public interface StreamInspector {

  /** How {@code stream} stands now; empty once it has ended. */
  Optional<StreamStanding> inspect(StreamId stream);
}
