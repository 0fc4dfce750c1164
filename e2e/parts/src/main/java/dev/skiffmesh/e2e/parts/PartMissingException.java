package dev.skiffmesh.e2e.parts;

/** A real part is not on this machine; the message is one line that says how to get it. */
public final class PartMissingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** An exception with that line. */
  public PartMissingException(String howToGetIt) {
    super(howToGetIt);
  }
}
