package dev.skiffmesh.api.document;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How messages to users are put together; pure. */
public final class Wording {

  /** Above so many words a list helps nobody. */
  private static final int SHORT_LIST = 12;

  /** Longer words are not compared: the distance costs their product. */
  private static final int LONGEST_COMPARED = 64;

  private Wording() {}

  /** {@code 'A', 'B' or 'C'}. */
  public static String choice(Collection<String> words) {
    return joined(words, "'", " or ");
  }

  /** {@code `a`, `b` and `c`}. */
  public static String fields(Collection<String> names) {
    return joined(names, "`", " and ");
  }

  /** YAML 1.1's way to take in the fields of another mapping; widely known, and gone since 2009. */
  static final String MERGE_KEY = "<<";

  /** What is said of {@link #MERGE_KEY}. */
  static final String NO_MERGE_KEY =
      "is a merge key, which YAML 1.2 does not have; write the fields out, or let an alias stand"
          + " for a whole value";

  /** Advice for a field that is not one: the nearest known name, and all names if they are few. */
  static String unknownField(String found, Collection<String> known) {
    if (found.equals(MERGE_KEY)) {
      return NO_MERGE_KEY;
    }
    String nearest = nearest(found, known).map(name -> "; did you mean `" + name + "`?").orElse("");
    if (known.isEmpty() || known.size() > SHORT_LIST) {
      return "is not a known field" + nearest;
    }
    return "is not a known field"
        + (nearest.isEmpty() ? ";" : nearest)
        + " known here: "
        + joined(known, "`", ", ");
  }

  /** Advice for a word that is not one of a list; empty if none is near. */
  public static String didYouMean(String found, Collection<String> known) {
    return nearest(found, known).map(word -> "; did you mean '" + word + "'?").orElse("");
  }

  /** The known word with the least edits, if they are few for its length; first of equals. */
  static Optional<String> nearest(String found, Collection<String> known) {
    if (found.isEmpty() || found.length() > LONGEST_COMPARED) {
      return Optional.empty();
    }
    String wanted = plain(found);
    String best = "";
    int least = Integer.MAX_VALUE;
    for (String word : known) {
      int edits = edits(wanted, plain(word));
      if (edits < least) {
        least = edits;
        best = word;
      }
    }
    int allowed = Math.max(1, Math.min(wanted.length(), best.length()) / 3);
    return least <= allowed ? Optional.of(best) : Optional.empty();
  }

  /** Case and separators are what people confuse first, so they count for nothing. */
  private static String plain(String word) {
    return word.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
  }

  /** Levenshtein's distance, with two neighbours in the wrong order as one edit. */
  private static int edits(String left, String right) {
    int[][] table = new int[left.length() + 1][right.length() + 1];
    for (int i = 0; i <= left.length(); i++) {
      for (int j = 0; j <= right.length(); j++) {
        if (i == 0 || j == 0) {
          table[i][j] = i + j;
          continue;
        }
        int changed = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int least = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1);
        least = Math.min(least, table[i - 1][j - 1] + changed);
        if (i > 1
            && j > 1
            && left.charAt(i - 1) == right.charAt(j - 2)
            && left.charAt(i - 2) == right.charAt(j - 1)) {
          least = Math.min(least, table[i - 2][j - 2] + 1);
        }
        table[i][j] = least;
      }
    }
    return table[left.length()][right.length()];
  }

  private static String joined(Collection<String> words, String quote, String last) {
    List<String> quoted = words.stream().map(word -> quote + word + quote).toList();
    if (quoted.size() < 2) {
      return String.join("", quoted);
    }
    String head = quoted.subList(0, quoted.size() - 1).stream().collect(Collectors.joining(", "));
    return head + last + quoted.getLast();
  }
}
