package dev.skiffmesh.translator.reference;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes trees of maps, lists and values as YAML in block style, two spaces deep, with every text
 * quoted that could be taken for something else. Pure.
 */
final class BlockYaml {

  /** A word or a sentence that no YAML reader takes for anything but a text. */
  private static final Pattern PLAIN =
      Pattern.compile("(?!(?i:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][A-Za-z0-9 ./_-]*+");

  private final StringBuilder text = new StringBuilder();

  private BlockYaml() {}

  /** The document, with a line break at its end. */
  static String of(Map<String, ?> tree) {
    BlockYaml yaml = new BlockYaml();
    yaml.fields(tree, 0);
    return yaml.text.toString();
  }

  private void fields(Map<?, ?> fields, int depth) {
    boolean first = true;
    for (Map.Entry<?, ?> field : fields.entrySet()) {
      if (!first) {
        text.append("  ".repeat(depth));
      }
      first = false;
      text.append(scalar(String.valueOf(field.getKey()))).append(':');
      value(field.getValue(), depth);
    }
  }

  private void value(Object value, int depth) {
    switch (value) {
      case Map<?, ?> nested when !nested.isEmpty() -> {
        text.append('\n').append("  ".repeat(depth + 1));
        fields(nested, depth + 1);
      }
      case List<?> items when !items.isEmpty() -> {
        text.append('\n');
        for (Object item : items) {
          text.append("  ".repeat(depth)).append('-');
          item(item, depth);
        }
      }
      case Map<?, ?> _ -> text.append(" {}\n");
      case List<?> _ -> text.append(" []\n");
      case String word -> text.append(' ').append(scalar(word)).append('\n');
      default -> text.append(' ').append(value).append('\n');
    }
  }

  private void item(Object item, int depth) {
    if (item instanceof Map<?, ?> nested && !nested.isEmpty()) {
      text.append(' ');
      fields(nested, depth + 1);
    } else {
      value(item, depth);
    }
  }

  private static String scalar(String word) {
    return PLAIN.matcher(word).matches() && !word.endsWith(" ")
        ? word
        : "'" + word.replace("'", "''") + "'";
  }
}
