package dev.skiffmesh.server.logging;

/**
 * Foreign words made fit for one line of a log: no line breaks, no terminal sequences, no marks
 * that turn the reading direction round, and no more of them than a reader needs. Pure.
 */
final class Escaped {

  private Escaped() {}

  /**
   * Appends {@code words} as they can stand between quotes.
   *
   * @param most characters of {@code words} that are kept; how many were left out is said
   */
  static void quoted(StringBuilder line, String words, int most) {
    append(line, words, most, true);
  }

  /** The same for words that stand outside of quotes, in which quotes are ordinary. */
  static void plain(StringBuilder line, String words, int most) {
    append(line, words, most, false);
  }

  private static void append(StringBuilder line, String words, int most, boolean quotes) {
    int end = words.length() <= most ? words.length() : cut(words, most);
    for (int i = 0; i < end; ) {
      int point = words.codePointAt(i);
      append(line, point, quotes);
      i += Character.charCount(point);
    }
    if (end < words.length()) {
      line.append("...(").append(words.length() - end).append(" more)");
    }
  }

  /** Not between the two halves of one character. */
  private static int cut(String words, int most) {
    return Character.isHighSurrogate(words.charAt(most - 1)) ? most - 1 : most;
  }

  private static void append(StringBuilder line, int point, boolean quotes) {
    switch (point) {
      case '\n' -> line.append("\\n");
      case '\r' -> line.append("\\r");
      case '\t' -> line.append("\\t");
      case '"' -> line.append(quotes ? "\\\"" : "\"");
      case '\\' -> line.append(quotes ? "\\\\" : "\\");
      default -> {
        if (isHarmless(point)) {
          line.appendCodePoint(point);
        } else {
          line.append(point > 0xFFFF ? "\\U%08x".formatted(point) : "\\u%04x".formatted(point));
        }
      }
    }
  }

  private static boolean isHarmless(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
