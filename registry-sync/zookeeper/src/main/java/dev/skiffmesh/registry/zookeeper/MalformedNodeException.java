package dev.skiffmesh.registry.zookeeper;

/** A node that tells of no instance; it says what must be true and what was found. */
final class MalformedNodeException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String problem;

  MalformedNodeException(String problem) {
    super(problem);
    this.problem = problem;
  }

  /** What must be true and what was found. */
  String problem() {
    return problem;
  }
}
