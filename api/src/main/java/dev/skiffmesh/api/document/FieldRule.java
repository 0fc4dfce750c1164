package dev.skiffmesh.api.document;

import java.util.List;

/**
 * What fields of one record must keep to together. The decoder checks it; the custom resource
 * definitions and the reference pages say the same.
 */
public sealed interface FieldRule {

  /** What must be true, in the words that a refusal begins with. */
  String must();

  /** Of these fields exactly one must be there. */
  record ExactlyOneOf(List<String> fields) implements FieldRule {
    /** Copies the names. */
    public ExactlyOneOf {
      fields = List.copyOf(fields);
    }

    @Override
    public String must() {
      return "must have exactly one of " + Wording.fields(fields);
    }
  }

  /** Of these fields at most one may be there. */
  record AtMostOneOf(List<String> fields) implements FieldRule {
    /** Copies the names. */
    public AtMostOneOf {
      fields = List.copyOf(fields);
    }

    @Override
    public String must() {
      return "must have at most one of " + Wording.fields(fields);
    }
  }

  /** Of these fields at least one must be there; an empty list or map is not there. */
  record AtLeastOneOf(List<String> fields) implements FieldRule {
    /** Copies the names. */
    public AtLeastOneOf {
      fields = List.copyOf(fields);
    }

    @Override
    public String must() {
      return "must have at least one of " + Wording.fields(fields);
    }
  }

  /** A field that may be there only beside another. */
  record Needs(String field, String other) implements FieldRule {
    @Override
    public String must() {
      return "must not have a `" + field + "` without a `" + other + "`";
    }
  }

  /**
   * What the kind checks by itself; see {@link dev.skiffmesh.api.schema.Together}.
   *
   * @param must what must be true
   * @param cel the same in CEL
   */
  record Together(String must, String cel) implements FieldRule {}

  /**
   * A field that must be there with some words of another.
   *
   * @param selector the field with the words
   */
  record RequiredWith(String field, String selector, List<String> words) implements FieldRule {
    /** Copies the words. */
    public RequiredWith {
      words = List.copyOf(words);
    }

    @Override
    public String must() {
      return "must have a `" + field + "` if its `" + selector + "` is " + Wording.choice(words);
    }
  }

  /**
   * A field that may be there with some words of another alone.
   *
   * @param selector the field with the words
   */
  record OnlyWith(String field, String selector, List<String> words) implements FieldRule {
    /** Copies the words. */
    public OnlyWith {
      words = List.copyOf(words);
    }

    @Override
    public String must() {
      return "must not have a `"
          + field
          + "` unless its `"
          + selector
          + "` is "
          + Wording.choice(words);
    }
  }
}
