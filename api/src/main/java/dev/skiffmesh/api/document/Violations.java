package dev.skiffmesh.api.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Gathers what is wrong with one document: the first hundred things in words, the rest as a number.
 * So a document costs as much as it is long, however much is wrong with it. Confined to one thread.
 */
public final class Violations {

  /** More than anybody mends before looking again. */
  public static final int MOST = 100;

  private final List<Violation> kept = new ArrayList<>();
  private int found;

  /** Adds one; its words are made only if it is among those that are shown. */
  public void add(String field, Position position, Supplier<String> message) {
    if (found < MOST) {
      kept.add(new Violation(field, position, message.get()));
    }
    found++;
  }

  /**
   * Adds one of a field; its place is looked for and its words are made only if it is shown.
   *
   * @param root of the document
   * @param field the path from there
   */
  public void add(RawNode root, String field, Supplier<String> message) {
    add(field, isFull() ? Position.NONE : FieldPath.position(root, field), message);
  }

  /**
   * Adds what another look at the same document found.
   *
   * @param doubted fields that were refused already: what is said of something around one of them
   *     may be due to its lack and is left out
   */
  void addAll(Violations others, Set<String> doubted) {
    int dropped = 0;
    for (Violation other : others.kept) {
      if (doubted.stream().anyMatch(field -> isAround(other.field(), field))) {
        dropped++;
      } else if (kept.size() < MOST) {
        kept.add(other);
      }
    }
    found += others.found - dropped;
  }

  private static boolean isAround(String outer, String inner) {
    return inner.startsWith(outer)
        && (inner.length() == outer.length() || ".[".indexOf(inner.charAt(outer.length())) >= 0);
  }

  /** How many there are, with those that are not shown. */
  public int found() {
    return found;
  }

  /** Tells whether nothing is wrong. */
  public boolean isEmpty() {
    return found == 0;
  }

  /** Tells whether the words of a further one would be dropped. */
  public boolean isFull() {
    return kept.size() >= MOST;
  }

  /**
   * In the order of the text. If there are more than are shown, one more stands at the end that
   * says how many.
   */
  public List<Violation> inOrder() {
    List<Violation> ordered = new ArrayList<>(kept);
    ordered.sort(Violation.BY_POSITION);
    int more = found - kept.size();
    if (more > 0) {
      ordered.add(
          new Violation(
              "",
              ordered.getLast().position(),
              String.format(Locale.ROOT, "and %,d more that are not shown", more)));
    }
    return List.copyOf(ordered);
  }
}
