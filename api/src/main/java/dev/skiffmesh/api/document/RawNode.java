package dev.skiffmesh.api.document;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

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
    NULL;

    private static final Pattern NULL_FORM = Pattern.compile("|~|null|Null|NULL");
    private static final Pattern BOOLEAN_FORM = Pattern.compile("true|True|TRUE|false|False|FALSE");
    private static final Pattern INTEGER_FORM =
        Pattern.compile("[-+]?[0-9]++|0o[0-7]++|0x[0-9a-fA-F]++");
    private static final Pattern DECIMAL_FORM =
        Pattern.compile(
            "[-+]?(?:\\.[0-9]++|[0-9]++(?:\\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?"
                + "|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");

    /**
     * What a plain scalar is by YAML 1.2's core schema (chapter 10.3.2): {@code on}, {@code yes}
     * and {@code 12:30} are texts.
     */
    public static ScalarType ofPlain(String text) {
      if (NULL_FORM.matcher(text).matches()) {
        return NULL;
      }
      if (BOOLEAN_FORM.matcher(text).matches()) {
        return BOOLEAN;
      }
      if (INTEGER_FORM.matcher(text).matches()) {
        return INTEGER;
      }
      return DECIMAL_FORM.matcher(text).matches() ? DECIMAL : TEXT;
    }
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
        case TEXT -> text.isEmpty() ? "an empty text" : "the text '" + shortened() + "'";
        case INTEGER, DECIMAL -> "the number " + shortened();
        case BOOLEAN -> text;
        case NULL -> "nothing";
      };
    }

    /** On one line and not longer than a message bears. */
    private String shortened() {
      StringBuilder shown = new StringBuilder();
      int end = Math.min(text.length(), LONGEST_SHOWN);
      for (int i = 0; i < end; i++) {
        char c = text.charAt(i);
        shown.append(c == '\n' ? "\\n" : Character.isISOControl(c) ? "?" : String.valueOf(c));
      }
      return text.length() > end ? shown + "…" : shown.toString();
    }

    private static final int LONGEST_SHOWN = 80;
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

  /**
   * Fields, in the order in which they were written. A name that stands twice is here twice, so
   * that the decoder refuses that document alone and names the field; YAML itself forbids it.
   */
  record Mapping(List<Entry> entries, Position position) implements RawNode {
    /** Copies the entries. */
    public Mapping {
      entries = List.copyOf(entries);
    }

    /** The field's value, if the field is there; the first if it stands twice. */
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
