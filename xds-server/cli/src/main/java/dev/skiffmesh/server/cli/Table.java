package dev.skiffmesh.server.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns. Confined to one thread. */
final class Table {

  private static final String GAP = "  ";
  private static final String NOTE_INDENT = "    ";

  /** The width of the narrow form: what every terminal has. */
  static final int WIDTH = 80;

  /** No column is narrower than this, or than its head. */
  private static final int LEAST = 8;

  /**
   * One row.
   *
   * @param note a sentence about it, empty for none
   */
  private record Row(List<String> cells, String note) {}

  private final List<String> narrow;
  private final List<String> wide;
  private final List<Row> rows = new ArrayList<>();

  private Table(List<String> narrow, List<String> wide) {
    this.narrow = narrow;
    this.wide = wide;
  }

  /** A table with these columns. */
  static Table of(String... heads) {
    return new Table(List.of(heads), List.of());
  }

  /** The same with further columns in the wide form. */
  Table wide(String... heads) {
    return new Table(narrow, List.of(heads));
  }

  /** Adds a row: cells for all columns, the wide ones last. */
  void row(String... cells) {
    noted("", cells);
  }

  /** Adds a row with a sentence about it: below it in the narrow form, else in a last column. */
  void noted(String note, String... cells) {
    rows.add(new Row(List.of(cells), note.strip()));
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /**
   * The table, each line with its end.
   *
   * @param isWide all columns as wide as they need to be; else the narrow ones within 80 characters
   */
  String text(boolean isWide) {
    List<List<String>> lines = new ArrayList<>();
    boolean noted = isWide && rows.stream().anyMatch(row -> !row.note().isEmpty());
    lines.add(cells(narrow, isWide ? wide : List.of(), noted ? List.of("MESSAGE") : List.of()));
    for (Row row : rows) {
      lines.add(
          cells(
              row.cells().subList(0, isWide ? row.cells().size() : narrow.size()),
              List.of(),
              noted ? List.of(row.note()) : List.of()));
    }
    int[] widths = widths(lines);
    if (!isWide) {
      narrow(widths, lines.getFirst());
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      out.append(line(lines.get(i), widths)).append('\n');
      if (i > 0 && !isWide) {
        wrapped(rows.get(i - 1).note())
            .forEach(line -> out.append(NOTE_INDENT).append(line).append('\n'));
      }
    }
    return out.toString();
  }

  private static List<String> cells(List<String> first, List<String> second, List<String> third) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    all.addAll(third);
    return all;
  }

  private static int[] widths(List<List<String>> lines) {
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    return widths;
  }

  /** Takes from the widest column until the line fits, or nothing can be taken any more. */
  private static void narrow(int[] widths, List<String> heads) {
    int total = GAP.length() * (widths.length - 1);
    for (int width : widths) {
      total += width;
    }
    for (; total > WIDTH; total--) {
      int widest = -1;
      for (int i = 0; i < widths.length; i++) {
        boolean shrinks = widths[i] > Math.max(LEAST, heads.get(i).length());
        if (shrinks && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0) {
        return;
      }
      widths[widest]--;
    }
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String shown = cell.length() <= widths[i] ? cell : cell.substring(0, widths[i] - 1) + "…";
      line.append(i == 0 ? "" : GAP).append(shown).append(" ".repeat(widths[i] - shown.length()));
    }
    return line.toString().stripTrailing();
  }

  /** Words are never cut: a path or an id must be copied whole. */
  private static List<String> wrapped(String note) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : note.isEmpty() ? new String[0] : note.split("\\s+")) {
      if (!line.isEmpty() && NOTE_INDENT.length() + line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }
}
