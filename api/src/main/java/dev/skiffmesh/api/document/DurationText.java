package dev.skiffmesh.api.document;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as documents write them: {@code 250ms}, {@code 10s}, {@code 1h30m}. The form is the
 * Gateway API's (GEP-2257): one to four whole numbers of at most five digits, each with its unit.
 */
public final class DurationText {

  private static final Pattern FORM = Pattern.compile("(?:[0-9]{1,5}(?:h|ms|m|s)){1,4}");
  private static final Pattern PART = Pattern.compile("([0-9]{1,5})(h|ms|m|s)");

  /** {@code 99999h59m59s999ms}, the longest that one number of five digits leaves room for. */
  public static final Duration LONGEST =
      Duration.ofHours(99_999).plusMinutes(59).plusSeconds(59).plusMillis(999);

  private DurationText() {}

  /** Reads a duration; empty if {@code text} has another form or means more than the longest. */
  public static Optional<Duration> parse(String text) {
    if (!FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      long count = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "h" -> Duration.ofHours(count);
                case "m" -> Duration.ofMinutes(count);
                case "s" -> Duration.ofSeconds(count);
                default -> Duration.ofMillis(count);
              });
    }
    return sum.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(sum);
  }

  /**
   * Writes a duration with each unit at most once, the greatest first, and zero as {@code 0s}.
   *
   * @throws IllegalArgumentException if the form has no words for it: negative, finer than a
   *     millisecond, or longer than {@link #LONGEST}
   */
  public static String print(Duration duration) {
    if (duration.isNegative()
        || duration.toNanosPart() % 1_000_000 != 0
        || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "A duration must be whole milliseconds from 0s to 99999h59m59s999ms, found " + duration);
    }
    if (duration.isZero()) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    append(text, duration.toHours(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.toString();
  }

  private static void append(StringBuilder text, long count, String unit) {
    if (count > 0) {
      text.append(count).append(unit);
    }
  }
}
