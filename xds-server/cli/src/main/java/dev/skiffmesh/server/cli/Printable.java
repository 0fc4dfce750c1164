package dev.skiffmesh.server.cli;

/**
 * What others have written (a node id, a rejection in a proxy's words, a label) as a terminal may
 * see it: control characters could move its cursor, and invisible ones turn a line around. Pure.
 */
final class Printable {

  private Printable() {}

  /**
   * {@code text} with its line ends; every other control or formatting character is written as JSON
   * and YAML have it within quotes, so that data stays data.
   */
  static String of(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      if (letter == '\n' || !isHidden(letter)) {
        shown.append(letter);
      } else {
        shown.append("\\u%04x".formatted((int) letter));
      }
    }
    return shown.toString();
  }

  private static boolean isHidden(char letter) {
    int type = Character.getType(letter);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}
