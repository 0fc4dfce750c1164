package dev.skiffmesh.api.document;

import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.Sequence;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the fields of one record must keep to together. */
final class FieldRuleCheck {

  private final RecordSchema schema;
  private final Mapping mapping;
  private final Map<String, Entry> present;
  private final String path;
  private final RecordDecoder decoder;
  private boolean broken;

  /**
   * A check of one record.
   *
   * @param present the fields that are there by name; what is refused later is taken out of it
   */
  FieldRuleCheck(
      RecordSchema schema,
      Mapping mapping,
      Map<String, Entry> present,
      String path,
      RecordDecoder decoder) {
    this.schema = schema;
    this.mapping = mapping;
    this.present = present;
    this.path = path;
    this.decoder = decoder;
  }

  /** Refuses what is wrong with the fields as they were written. */
  void check() {
    schema.rules().forEach(this::check);
  }

  /**
   * Tells whether what could be read of the fields is a record: a choice of one field must still be
   * made. That fields lack one another, or should not stand together, does not keep from reading
   * them.
   */
  boolean areKept() {
    return !broken
        && schema.rules().stream()
            .allMatch(
                rule ->
                    !(rule instanceof FieldRule.ExactlyOneOf(List<String> names))
                        || count(names) == 1);
  }

  private void check(FieldRule rule) {
    switch (rule) {
      case FieldRule.ExactlyOneOf(List<String> names) -> {
        if (count(names) != 1) {
          refuse(rule, names);
        }
      }
      case FieldRule.AtMostOneOf(List<String> names) -> {
        if (count(names) > 1) {
          refuse(rule, names);
        }
      }
      case FieldRule.AtLeastOneOf(List<String> names) -> {
        if (names.stream().map(present::get).allMatch(FieldRuleCheck::saysNothing)) {
          decoder.complain(path, mapping, () -> rule.must() + ", found none");
        }
      }
      case FieldRule.Needs(String field, String other) -> {
        Entry entry = present.get(field);
        if (entry != null && !present.containsKey(other)) {
          decoder.complain(
              RecordDecoder.join(path, field),
              entry.value(),
              () -> "must stand beside `" + other + "`, whose " + field + " it is");
        }
      }
      case FieldRule.Together _ -> {
        // The kind's own check says it, with what was found.
      }
      case FieldRule.RequiredWith(String field, String selector, List<String> words) -> {
        String word = word(selector);
        if (words.contains(word) && !present.containsKey(field)) {
          decoder.complain(
              path,
              mapping,
              () -> "must have a `" + field + "`, since its `" + selector + "` is '" + word + "'");
        }
      }
      case FieldRule.OnlyWith(String field, String selector, List<String> words) -> {
        String word = word(selector);
        Entry entry = present.get(field);
        if (entry != null && !word.isEmpty() && !words.contains(word)) {
          decoder.complain(
              RecordDecoder.join(path, field),
              entry.value(),
              () -> "must not be there, since `" + selector + "` is '" + word + "'");
        }
      }
    }
  }

  private void refuse(FieldRule rule, List<String> names) {
    broken = true;
    List<String> there = names.stream().filter(present::containsKey).toList();
    decoder.refuse(
        path,
        mapping,
        () -> rule.must() + ", found " + (there.isEmpty() ? "none" : Wording.fields(there)));
  }

  private long count(List<String> names) {
    return names.stream().filter(present::containsKey).count();
  }

  private static boolean saysNothing(@Nullable Entry entry) {
    return switch (entry == null ? null : entry.value()) {
      case null -> true;
      case Sequence(var items, _) -> items.isEmpty();
      case Mapping(var entries, _) -> entries.isEmpty();
      case Scalar _ -> false;
    };
  }

  /** The word of another field; empty if it has none, which that field's own rules refuse. */
  private String word(String selector) {
    Entry entry = present.get(selector);
    String text = entry != null && entry.value() instanceof Scalar scalar ? scalar.text() : "";
    return schema.fields().stream()
            .filter(field -> field.name().equals(selector))
            .anyMatch(
                field ->
                    field.shape() instanceof ValueShape.Word(var constants)
                        && constants.containsKey(text))
        ? text
        : "";
  }
}
