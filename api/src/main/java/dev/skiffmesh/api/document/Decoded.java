package dev.skiffmesh.api.document;

import java.util.List;

/** What came of decoding: a value, or all that is wrong (never only the first thing). */
public sealed interface Decoded<T> {

  /** Decoded without a violation. */
  record Ok<T>(T value) implements Decoded<T> {}

  /** Refused; at least one violation, in the order of the text. */
  record Rejected<T>(List<Violation> violations) implements Decoded<T> {
    /** Copies the violations. */
    public Rejected {
      violations = List.copyOf(violations);
    }
  }
}
