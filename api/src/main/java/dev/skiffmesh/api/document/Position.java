package dev.skiffmesh.api.document;

/**
 * A place in a text.
 *
 * @param line from 1; 0 where the source has no lines
 * @param column from 1; 0 where the source has no columns
 */
public record Position(int line, int column) {

  /** No place is known. */
  public static final Position NONE = new Position(0, 0);
}
