package dev.skiffmesh.server.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns, as wide as they need to be. */
final class Table {

  private static final String GAP = "  ";
  private static final int WIDTH = 80;

  private final List<String> head;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... head) {
    this.head = List.of(head);
  }

  void row(String... cells) {
    rows.add(List.of(cells));
  }

  /**
   * The table.
   *
   * @param wide false: the last column is cut where a line would exceed 80 characters
   */
  String text(boolean wide) {
    int[] widths = new int[head.size()];
    List<List<String>> all = new ArrayList<>();
    all.add(head);
    all.addAll(rows);
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i));
        if (i < widths.length - 1) {
          line.append(" ".repeat(widths[i] - row.get(i).length())).append(GAP);
        }
      }
      String whole = line.toString().stripTrailing();
      out.append(wide || whole.length() <= WIDTH ? whole : whole.substring(0, WIDTH - 1) + "…")
          .append('\n');
    }
    return out.toString();
  }
}
