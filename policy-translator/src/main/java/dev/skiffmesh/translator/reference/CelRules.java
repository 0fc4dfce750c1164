package dev.skiffmesh.translator.reference;

import dev.skiffmesh.api.document.DurationText;
import dev.skiffmesh.api.document.FieldRule;
import dev.skiffmesh.api.document.RecordSchema;
import dev.skiffmesh.api.document.RecordSchema.Field;
import dev.skiffmesh.api.document.RecordSchema.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rules that a schema alone cannot say, as the {@code x-kubernetes-validations} of a custom
 * resource definition: an expression in CEL and the message that the decoder would give. Pure.
 */
final class CelRules {

  /**
   * Names that CEL keeps for itself; the API server gives such fields another one (Kubernetes,
   * "Validation rules": {@code namespace} is {@code __namespace__}).
   */
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  private CelRules() {}

  /** The rules of a record's fields together; empty for none. */
  static List<Map<String, Object>> of(RecordSchema schema) {
    return schema.rules().stream()
        .map(rule -> rule(expression(rule, schema), rule.must()))
        .toList();
  }

  /** The bounds of a duration, if it has any. */
  static Optional<Map<String, Object>> ofDuration(Limits limits) {
    Duration shortest = limits.shortest();
    Duration longest = limits.longest();
    List<String> parts = new ArrayList<>();
    if (shortest != null) {
      parts.add("duration(self) >= duration('" + DurationText.print(shortest) + "')");
    }
    if (longest != null) {
      parts.add("duration(self) <= duration('" + DurationText.print(longest) + "')");
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(rule(String.join(" && ", parts), "must be " + bounds(shortest, longest)));
  }

  /** The greatest length of a map's keys. */
  static Map<String, Object> ofKeys(int longest) {
    return rule(
        "self.all(key, size(key) <= " + longest + ")",
        "must have keys of at most " + longest + " characters");
  }

  private static String bounds(@Nullable Duration shortest, @Nullable Duration longest) {
    if (longest == null) {
      return shortest == null ? "any" : "at least " + DurationText.print(shortest);
    }
    return shortest == null
        ? "at most " + DurationText.print(longest)
        : "from " + DurationText.print(shortest) + " to " + DurationText.print(longest);
  }

  private static String expression(FieldRule rule, RecordSchema schema) {
    return switch (rule) {
      case FieldRule.ExactlyOneOf(List<String> names) -> count(names) + " == 1";
      case FieldRule.AtMostOneOf(List<String> names) -> count(names) + " <= 1";
      case FieldRule.AtLeastOneOf(List<String> names) ->
          names.stream()
              .map(name -> saysSomething(schema, name))
              .collect(Collectors.joining(" || "));
      case FieldRule.Together(_, String cel) -> cel;
      case FieldRule.Needs(String field, String other) ->
          "!has(" + path(field) + ") || has(" + path(other) + ")";
      case FieldRule.RequiredWith(String field, String selector, List<String> words) ->
          "!(" + isOneOf(selector, words) + ") || has(" + path(field) + ")";
      case FieldRule.OnlyWith(String field, String selector, List<String> words) ->
          "!has(" + path(field) + ") || " + isOneOf(selector, words);
    };
  }

  private static String count(List<String> names) {
    return names.stream()
        .map(name -> "(has(" + path(name) + ") ? 1 : 0)")
        .collect(Collectors.joining(" + "));
  }

  private static String saysSomething(RecordSchema schema, String name) {
    Field field =
        schema.fields().stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
    String there = "has(" + path(name) + ")";
    return field.shape().isMany() ? "(" + there + " && size(" + path(name) + ") > 0)" : there;
  }

  private static String isOneOf(String selector, List<String> words) {
    return words.stream()
        .map(word -> path(selector) + " == '" + word + "'")
        .collect(Collectors.joining(" || "));
  }

  private static String path(String field) {
    return "self."
        + (RESERVED.contains(field) ? "__" + field + "__" : field.replace("-", "__dash__"));
  }

  private static Map<String, Object> rule(String expression, String message) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("rule", expression);
    rule.put("message", message);
    return rule;
  }
}
