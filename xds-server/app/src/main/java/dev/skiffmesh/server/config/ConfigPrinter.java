package dev.skiffmesh.server.config;

import dev.skiffmesh.api.document.DurationText;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a configuration as YAML, a line for each value with its origin. Confined to one call. */
final class ConfigPrinter {

  /** Comments stand in one column unless a value is longer. */
  private static final int COMMENT_COLUMN = 44;

  private final ValueOrigins origins;
  private final StringBuilder out = new StringBuilder();

  ConfigPrinter(ValueOrigins origins) {
    this.origins = origins;
  }

  String print(ConfigSchema.Root root, List<Record> registries, List<Record> policies) {
    for (RecordComponent component : ConfigSchema.Root.class.getRecordComponents()) {
      String key = ValueOrigins.spelling(component);
      switch (key) {
        case "registries" -> list("", key, registries, key);
        case "policies" -> list("", key, policies, key);
        default -> value("", key, ConfigSchema.value(root, component), key);
      }
    }
    return out.toString();
  }

  private void value(String indent, String key, @Nullable Object value, String path) {
    switch (value) {
      case null -> {}
      case Record section when !(section instanceof Secret) -> {
        out.append(indent).append(key).append(":\n");
        fields(indent + "  ", section, path);
      }
      case List<?> items when items.stream().anyMatch(Record.class::isInstance) ->
          list(indent, key, items, path);
      case Map<?, ?> entries when !entries.isEmpty() -> {
        out.append(indent).append(key).append(":\n");
        entries.forEach(
            (name, item) ->
                value(indent + "  ", quoted(String.valueOf(name)), item, path + "." + name));
      }
      default -> line(indent + key + ": " + text(value), origins.of(path));
    }
  }

  private void fields(String indent, Record section, String path) {
    for (RecordComponent component : section.getClass().getRecordComponents()) {
      String key = ValueOrigins.spelling(component);
      value(indent, key, ConfigSchema.value(section, component), path + "." + key);
    }
  }

  private void list(String indent, String key, List<?> items, String path) {
    if (items.isEmpty()) {
      line(indent + key + ": []", origins.of(path));
      return;
    }
    out.append(indent).append(key).append(":\n");
    for (int i = 0; i < items.size(); i++) {
      int begin = out.length();
      fields(indent + "    ", (Record) items.get(i), path + "[" + i + "]");
      out.replace(begin, begin + indent.length() + 4, indent + "  - ");
    }
  }

  private void line(String text, String origin) {
    out.append(text)
        .append(" ".repeat(Math.max(2, COMMENT_COLUMN - text.length())))
        .append("# ")
        .append(origin)
        .append('\n');
  }

  private static String text(Object value) {
    return switch (value) {
      case Duration duration -> DurationText.print(duration);
      case Enum<?> constant -> ConfigSchema.word(constant);
      case List<?> items ->
          items.stream().map(ConfigPrinter::text).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> _ -> "{}";
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      default -> quoted(value.toString());
    };
  }

  /** Plain where YAML would read the same text, in flow lists too; else in double quotes. */
  private static String quoted(String text) {
    boolean plain =
        text.matches("[A-Za-z0-9_./-][A-Za-z0-9_./ -]*")
            && !text.startsWith("-")
            && text.equals(text.strip())
            && ScalarType.ofPlain(text) == ScalarType.TEXT;
    return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
