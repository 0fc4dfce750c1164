package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.World;
import dev.skiffmesh.translator.Evaluation;
import org.jspecify.annotations.Nullable;

/** What is in force now. Confined to the control thread. */
final class InForce {

  private World world = World.EMPTY;
  private @Nullable Evaluation evaluation;
  private boolean partial;

  World world() {
    return world;
  }

  /** Of the world but for its endpoints; null before the first round has ended. */
  @Nullable Evaluation evaluation() {
    return evaluation;
  }

  /** Tells whether a registry of which nothing is known has not answered yet. */
  boolean isPartial() {
    return partial;
  }

  /** A round has ended. */
  void become(World next, Evaluation evaluated, boolean isPartial) {
    world = next;
    partial = isPartial;
    evaluation = evaluated;
  }

  /** Endpoints are others, nothing else. */
  void become(World next) {
    world = next;
  }
}
