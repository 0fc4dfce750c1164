package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.World;
import dev.skiffmesh.translator.Evaluation;
import org.jspecify.annotations.Nullable;

/** What is in force now. Confined to the control thread. */
final class InForce {

  private World world = World.EMPTY;
  private @Nullable Evaluation evaluation;

  World world() {
    return world;
  }

  /** Of the world but for its endpoints; null before the first round has ended. */
  @Nullable Evaluation evaluation() {
    return evaluation;
  }

  /** A round has ended. */
  void become(World next, Evaluation evaluated) {
    world = next;
    evaluation = evaluated;
  }

  /** Endpoints are others, nothing else. */
  void become(World next) {
    world = next;
  }
}
