package dev.skiffmesh.registry.core;

/** An entry of a registry that tells of no instance. */
public final class MalformedEntryException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String problem;

  /** With what must be true and what was found, in a sentence without its full stop. */
  public MalformedEntryException(String problem) {
    super(problem);
    this.problem = problem;
  }

  /** What must be true and what was found. */
  public String problem() {
    return problem;
  }
}
