package dev.skiffmesh.api.document;

import java.util.List;
import java.util.Optional;

/** A node of a document that nobody has understood yet; every node knows its place. */
public sealed interface RawNode {

  /** Where the node begins. */
  Position position();

  /** The node's kind in the user's words: {@code a text}, {@code a list}, ... */
  String describe();

  /** What a plain scalar was written as, by YAML 1.2's core schema. */
  enum ScalarType {
    /** Quoted, or nothing else. */
    TEXT,
    /** A whole number. */
    INTEGER,
    /** A number with a fraction or an exponent. */
    DECIMAL,
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** {@code null}, {@code ~} or nothing at all. */
    NULL
  }

  /**
   * A single value.
   *
   * @param text as written, without quotes
   * @param type what it was written as
   */
  record Scalar(String text, ScalarType type, Position position) implements RawNode {
    @Override
    public String describe() {
      return switch (type) {
        case TEXT -> "the text '" + text + "'";
        case INTEGER, DECIMAL -> "the number " + text;
        case BOOLEAN -> text;
        case NULL -> "nothing";
      };
    }
  }

  /** A list. */
  record Sequence(List<RawNode> items, Position position) implements RawNode {
    /** Copies the items. */
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String describe() {
      return "a list";
    }
  }

  /** Fields, in the order in which they were written, none twice (the reader refuses that). */
  record Mapping(List<Entry> entries, Position position) implements RawNode {
    /** Copies the entries. */
    public Mapping {
      entries = List.copyOf(entries);
    }

    /** The field's value, if the field is there. */
    public Optional<RawNode> get(String key) {
      return entries.stream().filter(e -> e.key().equals(key)).map(Entry::value).findFirst();
    }

    @Override
    public String describe() {
      return "fields";
    }
  }

  /**
   * One field of a {@link Mapping}.
   *
   * @param position of the key
   */
  record Entry(String key, Position position, RawNode value) {}
}
