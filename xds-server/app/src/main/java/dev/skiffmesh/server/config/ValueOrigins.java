package dev.skiffmesh.server.config;

import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.document.RawNode.Sequence;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.schema.Spelled;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts environment variables and secret files into a tree before it is decoded, and remembers where
 * each value came from. Confined to one reading.
 */
final class ValueOrigins {

  /** What nobody has written. */
  static final String DEFAULT = "default";

  /** A doubled dollar for the two characters themselves, a variable, or the beginning of one. */
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)})?");

  private final String file;
  private final Path folder;
  private final Function<String, @Nullable String> environment;
  private final Map<String, String> origins = new HashMap<>();
  private final List<Violation> violations = new ArrayList<>();

  ValueOrigins(String file, Path folder, Function<String, @Nullable String> environment) {
    this.file = file;
    this.folder = folder;
    this.environment = environment;
  }

  /** All that is wrong with what was resolved so far. */
  List<Violation> violations() {
    return violations;
  }

  /** Where the value of that field came from: {@code default}, or its place. */
  String of(String path) {
    return origins.getOrDefault(path, DEFAULT);
  }

  /**
   * Resolves one node.
   *
   * @param type what it will be decoded as
   * @param path its field path
   */
  RawNode resolve(RawNode node, Type type, String path) {
    if (type == RawNode.class) {
      return node;
    }
    origins.put(path, place(node.position()));
    if (type == Secret.class) {
      return secret(node, path);
    }
    return switch (node) {
      case Scalar scalar -> scalar(scalar, type, path);
      case Sequence(List<RawNode> items, Position position) -> {
        List<RawNode> resolved = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
          resolved.add(resolve(items.get(i), argument(type), path + "[" + i + "]"));
        }
        yield new Sequence(resolved, position);
      }
      case Mapping(List<Entry> entries, Position position) -> {
        List<Entry> resolved = new ArrayList<>();
        for (Entry entry : entries) {
          String field = path.isEmpty() ? entry.key() : path + "." + entry.key();
          RawNode value =
              field(type, entry.key())
                  .map(known -> resolve(entry.value(), known, field))
                  .orElse(entry.value());
          resolved.add(new Entry(entry.key(), entry.position(), value));
        }
        yield new Mapping(resolved, position);
      }
    };
  }

  /** The type of a record's field or of a map's values; empty for a field that nobody knows. */
  private static Optional<Type> field(Type type, String key) {
    if (type instanceof Class<?> record && record.isRecord()) {
      return Arrays.stream(record.getRecordComponents())
          .filter(component -> spelling(component).equals(key))
          .map(RecordComponent::getGenericType)
          .findFirst();
    }
    return Optional.of(argument(type));
  }

  /** A component's name in the file. */
  static String spelling(RecordComponent component) {
    Spelled spelled = component.getAnnotation(Spelled.class);
    return spelled == null ? component.getName() : spelled.value();
  }

  /** What a list or a map is of; what is neither will be refused by the decoder, whatever it is. */
  private static Type argument(Type type) {
    return type instanceof ParameterizedType generic
        ? generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1]
        : String.class;
  }

  private Scalar scalar(Scalar scalar, Type type, String path) {
    String text = expand(scalar.text(), path, scalar.position());
    if (text.equals(scalar.text())) {
      return scalar;
    }
    // An environment variable has no quotes, so that the field decides what it is.
    boolean plain = type == int.class || type == boolean.class;
    return new Scalar(text, plain ? ScalarType.ofPlain(text) : ScalarType.TEXT, scalar.position());
  }

  /** Whatever is wrong here, the value is not in the message. */
  private RawNode secret(RawNode node, String path) {
    Position position = node.position();
    return switch (node) {
      case Scalar(String text, ScalarType type, _) when type != ScalarType.NULL ->
          new Scalar(expand(text, path, position), ScalarType.TEXT, position);
      case Mapping(List<Entry> entries, _)
          when entries.size() == 1
              && entries.getFirst().key().equals("file")
              && entries.getFirst().value() instanceof Scalar(String name, _, _) -> {
        String text = contentOf(expand(name, path + ".file", position), path, position);
        yield new Scalar(text, ScalarType.TEXT, position);
      }
      case Scalar _, Mapping _, Sequence _ -> {
        violations.add(
            new Violation(
                path, position, "must be a text or `{file: PATH}`, found something else"));
        yield new Scalar("", ScalarType.TEXT, position);
      }
    };
  }

  /** The file's content without the line end that editors add. */
  private String contentOf(String name, String path, Position position) {
    origins.put(path, place(position) + ", file '" + name + "'");
    String found;
    try {
      String text = Files.readString(folder.resolve(name)).replaceFirst("\\r?\\n$", "");
      if (!text.isEmpty()) {
        return text;
      }
      found = "an empty file";
    } catch (NoSuchFileException missing) {
      found = "nothing";
    } catch (IOException | java.nio.file.InvalidPathException unreadable) {
      found = "something that cannot be read as text";
    }
    violations.add(
        new Violation(
            path + ".file",
            position,
            "must be a file that holds the secret, found " + found + " at '" + name + "'"));
    return "";
  }

  private String expand(String text, String path, Position position) {
    Matcher variable = VARIABLE.matcher(text);
    SortedSet<String> names = new TreeSet<>();
    String expanded =
        variable.replaceAll(
            match -> {
              if (match.group().startsWith("$$")) {
                return Matcher.quoteReplacement("${");
              }
              String name = match.group(1);
              names.add(String.valueOf(name));
              return Matcher.quoteReplacement(valueOf(name, path, position));
            });
    if (!names.isEmpty()) {
      origins.put(path, place(position) + ", environment " + String.join(", ", names));
    }
    return expanded;
  }

  private String valueOf(@Nullable String name, String path, Position position) {
    if (name == null) {
      violations.add(
          new Violation(
              path,
              position,
              "must name an environment variable as in '${NAME}', found another '${';"
                  + " write '$${' for the two characters themselves"));
      return "";
    }
    String value = environment.apply(name);
    if (value == null) {
      violations.add(
          new Violation(
              path, position, "needs the environment variable '" + name + "', which is not set"));
      return "";
    }
    return value;
  }

  private String place(Position position) {
    return file + ":" + position.line();
  }
}
