package dev.skiffmesh.api.document;

import java.util.Comparator;

/**
 * One thing that is wrong with a document, in its writer's words.
 *
 * @param field the path from the document's root: {@code spec.rules[0].destinations[1].weight}
 * @param position where it stands
 * @param message what must be true of the field and what was found; literals in single quotes,
 *     fields in back-quotes; the rest of a sentence that begins with the field, with its advice and
 *     without a full stop: {@code must be 0 or more, found -1}
 */
public record Violation(String field, Position position, String message) {

  /** Longer words help nobody, and a document's writer could make them as long as they please. */
  private static final int LONGEST = 1_000;

  /** Cuts what is too long. */
  public Violation {
    field = cut(field);
    message = cut(message);
  }

  private static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }

  /** In the order of the text. */
  public static final Comparator<Violation> BY_POSITION =
      Comparator.<Violation>comparingInt(violation -> violation.position().line())
          .thenComparingInt(violation -> violation.position().column());
}
