package dev.skiffmesh.translator.policy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How often repetitions within repetitions may repeat, read from an expression's text alone. RE2
 * refuses more than 1,000 (re2/parse.cc, {@code maximum_repeat_count}); RE2/J does not look and
 * would write all of them out, which for {@code ((a{1000}){1000}){1000}} no memory can hold.
 */
final class Repetitions {

  /** RE2's own bound. */
  static final int GREATEST = 1_000;

  /** What is one thing to a repetition behind it; brackets do not nest but for named classes. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\\\Q.*?(?:\\\\E|$)"
              + "|\\\\x\\{[^}]*\\}"
              + "|\\\\."
              + "|\\[\\^?\\]?(?:\\[:[^]]*:\\]|\\\\.|[^]\\\\])*\\]"
              + "|\\{([0-9]{1,9})(,([0-9]{0,9}))?\\}"
              + "|.",
          Pattern.DOTALL);

  private final Deque<Integer> groups = new ArrayDeque<>();
  private int greatestInGroup = 1;
  private int lastThing = 1;

  private Repetitions() {}

  /** The greatest product of nested repetitions; counting stops beyond {@link #GREATEST}. */
  static int greatest(String expression) {
    Repetitions repetitions = new Repetitions();
    Matcher token = TOKEN.matcher(expression);
    while (token.find()) {
      repetitions.take(token);
    }
    while (!repetitions.groups.isEmpty()) {
      repetitions.close();
    }
    return repetitions.greatestInGroup;
  }

  private void take(Matcher token) {
    if (token.group(1) != null) {
      repeat(Math.max(number(token.group(1)), number(token.group(3))));
      return;
    }
    switch (token.group()) {
      case "(" -> open();
      case ")" -> close();
      default -> lastThing = 1;
    }
  }

  private void open() {
    groups.push(greatestInGroup);
    greatestInGroup = 1;
    lastThing = 1;
  }

  private void close() {
    lastThing = greatestInGroup;
    greatestInGroup = groups.isEmpty() ? lastThing : Math.max(groups.pop(), lastThing);
  }

  private void repeat(int times) {
    long product = (long) lastThing * Math.max(1, times);
    lastThing = (int) Math.min(product, GREATEST + 1L);
    greatestInGroup = Math.max(greatestInGroup, lastThing);
  }

  private static int number(@Nullable String digits) {
    return digits == null || digits.isEmpty() ? 1 : Integer.parseInt(digits);
  }
}
