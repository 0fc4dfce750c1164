package dev.skiffmesh.bootstrap;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Messages as YAML that Envoy reads back as they were, or as JSON. */
final class TreeText {

  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(HttpProtocolOptions.getDescriptor())
          .add(DownstreamConnectionsConfig.getDescriptor())
          .build();

  private static final JsonFormat.Printer JSON =
      JsonFormat.printer()
          .usingTypeRegistry(TYPES)
          .preservingProtoFieldNames()
          .omittingInsignificantWhitespace();

  private TreeText() {}

  /** {@code message} as YAML in block style; fields in the order of their declaration. */
  static String yaml(Message message) {
    return YamlText.of(tree(message));
  }

  /** {@code message} as JSON, indented by two. */
  static String json(Message message) {
    StringBuilder out = new StringBuilder();
    json(tree(message), "\n", out);
    return out.append('\n').toString();
  }

  private static Object tree(Message message) {
    try {
      return wholeNumbers(
          new Load(LoadSettings.builder().build()).loadFromString(JSON.print(message)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A message of ours holds an Any that is not registered", e);
    }
  }

  /** A number of a {@code Struct} is a double: 15006.0 is written as 15006. */
  private static Object wholeNumbers(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((key, child) -> copy.put(key, wholeNumbers(child)));
        yield copy;
      }
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(child -> copy.add(wholeNumbers(child)));
        yield copy;
      }
      case Double number when number == Math.rint(number) -> number.longValue();
      case null -> throw new IllegalStateException("A message of ours holds no null");
      case Object scalar -> scalar;
    };
  }

  private static void json(Object value, String newLine, StringBuilder out) {
    switch (value) {
      case Map<?, ?> map -> {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(separator).append(newLine).append("  ");
          jsonString(entry.getKey().toString(), out);
          json(entry.getValue(), newLine + "  ", out.append(": "));
          separator = ",";
        }
        out.append(map.isEmpty() ? "{}" : newLine + "}");
      }
      case List<?> list -> {
        String separator = "[";
        for (Object child : list) {
          json(child, newLine + "  ", out.append(separator).append(newLine).append("  "));
          separator = ",";
        }
        out.append(list.isEmpty() ? "[]" : newLine + "]");
      }
      case String text -> jsonString(text, out);
      case Object scalar -> out.append(scalar);
    }
  }

  /** Everything that is not printable ASCII is escaped, so that no reader's encoding matters. */
  private static void jsonString(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
