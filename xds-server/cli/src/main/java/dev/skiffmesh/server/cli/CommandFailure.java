package dev.skiffmesh.server.cli;

import java.io.Serial;

/** A command that cannot do its work; the message is for the user. */
public final class CommandFailure extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** A failure with one of {@link Skiff}'s exit codes. */
  public CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
