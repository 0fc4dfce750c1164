package dev.skiffmesh.server.status;

import dev.skiffmesh.translator.PolicyEffect;

/** How one proxy stands to all that one policy shaped there. */
sealed interface Stand {

  /** All of it is acknowledged. */
  record Acked(PolicyEffect effect) implements Stand {}

  /** Something is on its way. */
  record Pending() implements Stand {}

  /** Something was refused. */
  record Rejected(String words) implements Stand {}

  /** It has no effect there: it lost, it changes nothing, or it is only tried out. */
  record None(PolicyEffect effect) implements Stand {}

  /** How a proxy stands with two of its streams. */
  static Stand worse(Stand one, Stand other) {
    return weight(one) >= weight(other) ? one : other;
  }

  private static int weight(Stand stand) {
    return switch (stand) {
      case None _ -> 0;
      case Acked _ -> 1;
      case Pending _ -> 2;
      case Rejected _ -> 3;
    };
  }
}
