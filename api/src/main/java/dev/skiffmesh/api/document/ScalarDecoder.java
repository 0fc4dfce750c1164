package dev.skiffmesh.api.document;

import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.document.RecordSchema.Limits;
import dev.skiffmesh.api.schema.WrittenAs.Form;
import java.lang.reflect.InvocationTargetException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads single values; pure, never throws on any scalar. */
final class ScalarDecoder {

  /**
   * More digits, or an exponent beyond this, mean nothing to any field and would make arithmetic
   * with them arbitrarily slow ({@code 1e999999999}).
   */
  private static final int MOST_DIGITS = 38;

  /** RFC 3339, section 5.6; the JDK's own ISO form is wider. */
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?"
              + "(?:[Zz]|[-+][0-9]{2}:[0-9]{2})");

  private ScalarDecoder() {}

  /** What came of reading one value. */
  sealed interface Reading {
    /** Fine. */
    record Value(Object value) implements Reading {}

    /**
     * Refused.
     *
     * @param message what must be true and what was found
     */
    record Refused(String message) implements Reading {}
  }

  /** The value of a {@code @Default}; empty if the field refuses its own. */
  static Optional<Object> ofDefault(ValueShape shape, Limits limits, String text) {
    ScalarType type =
        switch (shape) {
          case ValueShape.Text _ -> ScalarType.TEXT;
          case ValueShape.Written(var rule, _) when rule.form() == Form.TEXT -> ScalarType.TEXT;
          default -> ScalarType.ofPlain(text);
        };
    return read(shape, limits, new Scalar(text, type, Position.NONE))
            instanceof Reading.Value(Object value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /** Reads a value of a shape that is a single value; a node that is not one is refused. */
  static Reading read(ValueShape shape, Limits limits, RawNode node) {
    if (!(node instanceof Scalar scalar)) {
      return new Reading.Refused("must be " + meaning(shape) + ", found " + node.describe());
    }
    return switch (shape) {
      case ValueShape.Text _ -> text(limits, scalar);
      case ValueShape.Truth _ -> truth(scalar);
      case ValueShape.Whole(boolean wide) -> whole(wide, limits, scalar);
      case ValueShape.Decimal _ -> decimal(limits, scalar);
      case ValueShape.Time _ -> time(limits, scalar);
      case ValueShape.Moment _ -> moment(scalar);
      case ValueShape.Word word -> word(word, scalar);
      case ValueShape.Written written -> written(written, scalar);
      case ValueShape.Untouched _ -> new Reading.Value(scalar);
      case ValueShape.Fields _, ValueShape.Entries _, ValueShape.Items _ ->
          refused(meaning(shape), scalar, "");
    };
  }

  private static String meaning(ValueShape shape) {
    return switch (shape) {
      case ValueShape.Text _ -> "a text";
      case ValueShape.Truth _ -> "true or false";
      case ValueShape.Whole _ -> "a whole number";
      case ValueShape.Decimal _ -> "a number";
      case ValueShape.Time _ -> "a duration such as '250ms', '10s' or '1h30m'";
      case ValueShape.Moment _ -> "a moment such as '2026-11-23T18:00:00Z' (RFC 3339)";
      case ValueShape.Word(var constants) ->
          (constants.size() > 1 ? "one of " : "") + Wording.choice(constants.keySet());
      case ValueShape.Written(var rule, _) -> rule.meaning();
      case ValueShape.Fields _, ValueShape.Entries _ -> "fields";
      case ValueShape.Items _ -> "a list";
      case ValueShape.Untouched _ -> "anything";
    };
  }

  private static Reading text(Limits limits, Scalar scalar) {
    if (scalar.type() != ScalarType.TEXT) {
      return refused(meaning(new ValueShape.Text()), scalar, quoteAdvice(scalar));
    }
    String text = scalar.text();
    Integer longest = limits.maxLength();
    if (longest != null && text.length() > longest) {
      return new Reading.Refused(
          "must be at most " + longest + " characters long, found " + text.length());
    }
    Pattern pattern = limits.pattern();
    if (pattern != null && !matches(pattern, text)) {
      return refused(String.valueOf(limits.patternMeaning()), scalar, "");
    }
    return new Reading.Value(text);
  }

  /** A pattern with nested repetitions can exhaust the stack on a long text; that is no match. */
  private static boolean matches(Pattern pattern, String text) {
    try {
      return pattern.matcher(text).matches();
    } catch (StackOverflowError tooLong) {
      return false;
    }
  }

  private static Reading truth(Scalar scalar) {
    if (scalar.type() != ScalarType.BOOLEAN) {
      boolean quoted = ScalarType.ofPlain(scalar.text()) == ScalarType.BOOLEAN;
      return refused(meaning(new ValueShape.Truth()), scalar, quoted ? "; remove the quotes" : "");
    }
    return new Reading.Value(scalar.text().equalsIgnoreCase("true"));
  }

  private static Reading whole(boolean wide, Limits limits, Scalar scalar) {
    if (scalar.type() != ScalarType.INTEGER) {
      return refused(meaning(new ValueShape.Whole(wide)), scalar, unquoteAdvice(scalar));
    }
    Optional<BigInteger> read = integer(scalar.text());
    if (read.isEmpty() || read.get().bitLength() > (wide ? 63 : 31)) {
      return refused(
          "a whole number of at most " + (wide ? Long.MAX_VALUE : Integer.MAX_VALUE), scalar, "");
    }
    BigInteger number = read.get();
    Optional<Reading> outside = outside(new BigDecimal(number), limits, scalar);
    if (outside.isPresent()) {
      return outside.get();
    }
    return wide
        ? new Reading.Value(number.longValueExact())
        : new Reading.Value(number.intValueExact());
  }

  private static Reading decimal(Limits limits, Scalar scalar) {
    if (scalar.type() != ScalarType.INTEGER && scalar.type() != ScalarType.DECIMAL) {
      return refused(meaning(new ValueShape.Decimal()), scalar, unquoteAdvice(scalar));
    }
    Optional<BigDecimal> read = number(scalar);
    if (read.isEmpty()) {
      return refused("a number of at most " + MOST_DIGITS + " digits", scalar, "");
    }
    return outside(read.get(), limits, scalar).orElseGet(() -> new Reading.Value(read.get()));
  }

  private static Reading time(Limits limits, Scalar scalar) {
    if (scalar.type() != ScalarType.TEXT) {
      boolean bare = scalar.type() == ScalarType.INTEGER && scalar.text().length() <= 5;
      return refused(
          meaning(new ValueShape.Time()),
          scalar,
          bare ? "; add a unit: '" + scalar.text() + "s'" : "");
    }
    Optional<Duration> read = DurationText.parse(scalar.text());
    if (read.isEmpty()) {
      return refused(meaning(new ValueShape.Time()), scalar, "");
    }
    Duration duration = read.get();
    Duration shortest = limits.shortest();
    Duration longest = limits.longest();
    if ((shortest != null && duration.compareTo(shortest) < 0)
        || (longest != null && duration.compareTo(longest) > 0)) {
      return new Reading.Refused(
          "must be "
              + bounds(
                  shortest == null ? "" : DurationText.print(shortest),
                  longest == null ? "" : DurationText.print(longest))
              + ", found "
              + scalar.text());
    }
    return new Reading.Value(duration);
  }

  private static Reading moment(Scalar scalar) {
    try {
      if (scalar.type() == ScalarType.TEXT && RFC_3339.matcher(scalar.text()).matches()) {
        return new Reading.Value(OffsetDateTime.parse(scalar.text()).toInstant());
      }
    } catch (DateTimeException noSuchDay) {
      // The form is right but there is no such moment: a 30 February is refused like any text.
    }
    return refused(meaning(new ValueShape.Moment()), scalar, "");
  }

  private static Reading word(ValueShape.Word word, Scalar scalar) {
    Object constant = scalar.type() == ScalarType.TEXT ? word.constants().get(scalar.text()) : null;
    if (constant != null) {
      return new Reading.Value(constant);
    }
    return refused(
        meaning(word), scalar, Wording.didYouMean(scalar.text(), word.constants().keySet()));
  }

  private static Reading written(ValueShape.Written written, Scalar scalar) {
    String meaning = written.rule().meaning();
    String text = scalar.text();
    switch (written.rule().form()) {
      case TEXT -> {
        if (scalar.type() != ScalarType.TEXT) {
          return refused(meaning, scalar, quoteAdvice(scalar));
        }
      }
      case NUMBER -> {
        if (scalar.type() != ScalarType.INTEGER && scalar.type() != ScalarType.DECIMAL) {
          return refused(meaning, scalar, unquoteAdvice(scalar));
        }
        Optional<BigDecimal> number = number(scalar);
        if (number.isEmpty()) {
          return refused(meaning, scalar, "");
        }
        text = number.get().toPlainString();
      }
    }
    try {
      return written.factory().invoke(null, text) instanceof Optional<?> read && read.isPresent()
          ? new Reading.Value(read.get())
          : refused(meaning, scalar, "");
    } catch (IllegalAccessException | InvocationTargetException broken) {
      // A factory that throws breaks its contract; the document's writer still needs an answer.
      return refused(meaning, scalar, "");
    }
  }

  private static Optional<Reading> outside(BigDecimal number, Limits limits, Scalar scalar) {
    BigDecimal least = limits.least();
    BigDecimal greatest = limits.greatest();
    if ((least == null || number.compareTo(least) >= 0)
        && (greatest == null || number.compareTo(greatest) <= 0)) {
      return Optional.empty();
    }
    return Optional.of(
        new Reading.Refused(
            "must be "
                + bounds(
                    least == null ? "" : least.toPlainString(),
                    greatest == null ? "" : greatest.toPlainString())
                + ", found "
                + scalar.text()));
  }

  private static String bounds(String least, String greatest) {
    if (greatest.isEmpty()) {
      return least.equals("0") ? "0 or more" : "at least " + least;
    }
    return least.isEmpty() ? "at most " + greatest : "from " + least + " to " + greatest;
  }

  private static Optional<BigDecimal> number(Scalar scalar) {
    String text = scalar.text();
    if (scalar.type() == ScalarType.INTEGER) {
      return integer(text).map(BigDecimal::new);
    }
    try {
      if (text.length() <= 2 * MOST_DIGITS) {
        BigDecimal number = new BigDecimal(text);
        if (number.precision() <= MOST_DIGITS && Math.abs(number.scale()) <= MOST_DIGITS) {
          return Optional.of(number);
        }
      }
    } catch (NumberFormatException notFinite) {
      // '.inf' and '.nan' are numbers to YAML and to nobody here.
    }
    return Optional.empty();
  }

  private static Optional<BigInteger> integer(String text) {
    if (text.length() > MOST_DIGITS) {
      return Optional.empty();
    }
    try {
      if (text.startsWith("0x")) {
        return Optional.of(new BigInteger(text.substring(2), 16));
      }
      if (text.startsWith("0o")) {
        return Optional.of(new BigInteger(text.substring(2), 8));
      }
      return Optional.of(new BigInteger(text));
    } catch (NumberFormatException notOurs) {
      // A tree that no YAML reader made may call anything a whole number.
      return Optional.empty();
    }
  }

  private static String quoteAdvice(Scalar scalar) {
    return switch (scalar.type()) {
      case INTEGER, DECIMAL, BOOLEAN -> "; quote it: \"" + scalar.text() + "\"";
      case TEXT, NULL -> "";
    };
  }

  private static String unquoteAdvice(Scalar scalar) {
    return switch (ScalarType.ofPlain(scalar.text())) {
      case INTEGER, DECIMAL -> scalar.type() == ScalarType.TEXT ? "; remove the quotes" : "";
      case TEXT, BOOLEAN, NULL -> "";
    };
  }

  private static Reading refused(String must, Scalar scalar, String advice) {
    return new Reading.Refused("must be " + must + ", found " + scalar.describe() + advice);
  }
}
