package dev.skiffmesh.registry.core;

/**
 * Cuts a text into its documents by the places that YAML's events name. Those count code points and
 * only ever grow, so one pass over the text serves all of them.
 */
final class TextSlices {

  private final String text;
  private int codePoints;
  private int units;
  private int begin;

  TextSlices(String text) {
    this.text = text;
  }

  /** A document's root begins here. Its indentation belongs to it, or the slice would not parse. */
  void begin(int codePoint) {
    begin = unitsAt(codePoint);
    int line = text.lastIndexOf('\n', begin - 1) + 1;
    if (text.substring(line, begin).isBlank()) {
      begin = line;
    }
  }

  /** The document ends here; what follows its last line of content is not part of it. */
  String end(int codePoint) {
    int end = Math.max(begin, unitsAt(codePoint));
    while (end > begin) {
      int line = Math.max(begin, text.lastIndexOf('\n', end - 1) + 1);
      if (line == begin || !isEmptyOrComment(line, end)) {
        break;
      }
      end = line - 1;
    }
    return text.substring(begin, end).stripTrailing();
  }

  /**
   * A '#' in the first column is a comment even after a block of literal text, whose lines are
   * indented.
   */
  private boolean isEmptyOrComment(int from, int to) {
    return text.charAt(Math.min(from, text.length() - 1)) == '#'
        || text.substring(from, to).isBlank();
  }

  private int unitsAt(int codePoint) {
    while (codePoints < codePoint && units < text.length()) {
      units += Character.charCount(text.codePointAt(units));
      codePoints++;
    }
    return units;
  }
}
