package dev.skiffmesh.translator.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.Violations;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a spec, each at its place in the text. Confined to one thread. */
public final class SpecChecker {

  /**
   * Far more than people write, far less than what the bootstrap lets Envoy take: a character class
   * counts once here and up to seven times there.
   */
  private static final int GREATEST_PROGRAM = 1_000;

  /** {@code \x{100}} and above; Envoy compiles expressions as Latin-1. */
  private static final java.util.regex.Pattern WIDE_CHARACTER =
      java.util.regex.Pattern.compile("\\\\x\\{0*[1-9A-Fa-f][0-9A-Fa-f]{2,}\\}");

  private final RawNode root;
  private final Violations violations;

  /**
   * A checker.
   *
   * @param root the whole document, for places
   * @param violations takes what is found
   */
  public SpecChecker(RawNode root, Violations violations) {
    this.root = root;
    this.violations = violations;
  }

  /**
   * Refuses a field.
   *
   * @param field the path from the root: {@code spec.rules[0].destinations}
   */
  public void refuse(String field, String message) {
    violations.add(root, field, () -> message);
  }

  /**
   * Refuses the field unless it is null or an expression that Envoy takes: RE2, over bytes, of a
   * bounded size.
   */
  public void regex(String field, @Nullable String expression) {
    if (expression == null) {
      return;
    }
    if (expression.isEmpty()) {
      refuse(field, "must have at least one character; '.*' fits everything");
      return;
    }
    if (!expression.chars().allMatch(c -> c < 0x80) || WIDE_CHARACTER.matcher(expression).find()) {
      refuse(
          field,
          "must be made of ASCII characters, since Envoy matches byte by byte, found '"
              + expression
              + "'; use `exact` or `prefix` for other characters");
      return;
    }
    if (Repetitions.greatest(expression) > Repetitions.GREATEST) {
      refuse(
          field,
          "must not repeat anything more than "
              + Repetitions.GREATEST
              + " times, repetitions within repetitions multiplied, found '"
              + expression
              + "'");
      return;
    }
    try {
      int size = Pattern.compile(expression).programSize();
      if (size > GREATEST_PROGRAM) {
        refuse(
            field,
            "must compile to at most "
                + GREATEST_PROGRAM
                + " instructions, found "
                + size
                + "; a repetition like '{1,40}' counts as often as it may repeat");
      }
    } catch (PatternSyntaxException e) {
      refuse(
          field,
          "must be an RE2 expression, found '"
              + expression
              + "': "
              + e.getDescription()
              + " in '"
              + e.getPattern()
              + "'");
    }
  }
}
