package dev.skiffmesh.translator.policy.match;

import dev.skiffmesh.api.policy.match.ValueMatch;
import dev.skiffmesh.translator.policy.SpecChecker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Values that requests are compared with: one that no request can carry never fits, and its {@code
 * not} always does.
 */
final class ValueMatchCheck {

  private final SpecChecker checker;

  ValueMatchCheck(SpecChecker checker) {
    this.checker = checker;
  }

  void headers(String at, List<ValueMatch> values) {
    tokens(at, values, this::inHeader);
  }

  void cookies(String at, List<ValueMatch> values) {
    tokens(at, values, this::inCookie);
  }

  /** One text of a match at its place. */
  @FunctionalInterface
  private interface TextCheck {
    void check(String field, @Nullable String text);
  }

  private void tokens(String at, List<ValueMatch> values, TextCheck text) {
    for (int i = 0; i < values.size(); i++) {
      String field = at + "[" + i + "]";
      ValueMatch value = values.get(i);
      token(field, value);
      texts(field, value, text);
    }
  }

  private static void texts(String field, ValueMatch value, TextCheck text) {
    text.check(field + ".exact", value.exact());
    text.check(field + ".prefix", value.prefix());
    text.check(field + ".not", value.not());
  }

  void queryParams(String at, List<ValueMatch> values) {
    for (int i = 0; i < values.size(); i++) {
      String field = at + "[" + i + "]";
      ValueMatch value = values.get(i);
      checker.regex(field + ".regex", value.regex());
      inQuery(field + ".name", value.name(), true);
      texts(field, value, (place, text) -> inQuery(place, text, false));
    }
  }

  private void token(String field, ValueMatch value) {
    checker.regex(field + ".regex", value.regex());
    if (!HeaderNames.isToken(value.name())) {
      checker.refuse(
          field + ".name",
          "must be a name without spaces, ':' and separators, found '" + value.name() + "'");
    }
  }

  /** Receivers take the space around a value away (RFC 9110, section 5.5). */
  private void inHeader(String field, @Nullable String value) {
    if (value == null) {
      return;
    }
    if (value.chars().anyMatch(ValueMatchCheck::isControl)) {
      checker.refuse(field, "must be of one line and without control characters");
    } else if (value.startsWith(" ") || (value.endsWith(" ") && !field.endsWith(".prefix"))) {
      checker.refuse(
          field,
          "must not begin or end with a space, which HTTP takes away, found '" + value + "'");
    }
  }

  /** RFC 6265, section 5.4: a semicolon ends the value. */
  private void inCookie(String field, @Nullable String value) {
    if (value != null && value.chars().anyMatch(c -> c == ';' || isControl(c))) {
      checker.refuse(
          field,
          "must have no ';' and no control characters, which no cookie has, found '" + value + "'");
    }
  }

  /** Query parameters are compared as they are written in the URL (RFC 3986, section 3.4). */
  void inQuery(String field, @Nullable String value, boolean isName) {
    IntPredicate impossible =
        c -> c <= ' ' || c >= 0x7F || c == '#' || c == '&' || (isName && c == '=');
    if (value != null && value.chars().anyMatch(impossible)) {
      checker.refuse(
          field,
          "must be written as in the URL, found '"
              + value
              + "'; write it percent-encoded: '"
              + encoded(value, impossible)
              + "'");
    }
  }

  private static String encoded(String value, IntPredicate impossible) {
    StringBuilder encoded = new StringBuilder();
    for (byte one : value.getBytes(StandardCharsets.UTF_8)) {
      int c = Byte.toUnsignedInt(one);
      encoded.append(
          impossible.test(c) ? String.format(Locale.ROOT, "%%%02X", c) : String.valueOf((char) c));
    }
    return encoded.toString();
  }

  private static boolean isControl(int c) {
    return (c < ' ' && c != '\t') || c == 0x7F;
  }
}
