package dev.skiffmesh.api.document;

import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.document.RawNode.Sequence;
import dev.skiffmesh.api.document.RecordSchema.Field;
import dev.skiffmesh.api.document.RecordSchema.Limits;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns a neutral tree into a record and finds all that is wrong with it at once. Pure.
 *
 * <p>The record is the schema. Its components are the fields; the annotations of {@code
 * dev.skiffmesh.api.schema} are their rules. A component that is {@code @Nullable} may be absent;
 * an absent list or map is empty; an absent component with {@code @Default} has that value; every
 * other one is required. {@code @MaxLength}, {@code @Matches} and {@code @Range} speak of a list's
 * items and a map's values.
 *
 * <p>Values are texts, booleans, {@code int} and {@code long}, {@code BigDecimal}, {@code Duration}
 * ({@link DurationText}), {@code Instant} (RFC 3339), enums (the constant in Pascal case), types
 * with {@code @WrittenAs}, records, lists and maps from texts. Maps come sorted by key. As in
 * Kubernetes, a number is not a text nor a text a number: {@code version: 1.10} must be quoted. An
 * explicit null is refused, since it is mostly a value that slipped out of its place. A compact
 * constructor may refuse with an {@link IllegalArgumentException}, whose message is shown.
 */
public final class RecordDecoder {

  /** Deeper than any kind nests; keeps a record that contains itself off the end of the stack. */
  private static final int DEEPEST = 64;

  /** Other names are shown in brackets: {@code metadata.labels['app.kubernetes.io/name']}. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private static final ClassValue<Constructor<?>> CONSTRUCTORS =
      new ClassValue<>() {
        @Override
        protected Constructor<?> computeValue(Class<?> type) {
          return canonical(type);
        }
      };

  private final boolean lenient;
  private final List<Violation> violations = new ArrayList<>();
  private int depth;

  private RecordDecoder(boolean lenient) {
    this.lenient = lenient;
  }

  /**
   * Decodes one tree; never throws, whatever the tree is.
   *
   * @param recordType a record; one that cannot be a schema (a component of an unknown type, a
   *     default that its own rules refuse) is a bug and throws {@link IllegalStateException}
   * @param path the field path of {@code node} from the document's root, empty for the root
   */
  public static <T> Decoded<T> decode(RawNode node, Class<T> recordType, String path) {
    return decode(new RecordDecoder(false), node, recordType, path);
  }

  /**
   * The same, but a record is passed whose fields can be read and merely lack one another ({@code
   * AtLeastOneOf}, {@code RequiredWith}) or should not stand together ({@code OnlyWith}). It is
   * good for finding what else is wrong with it, and for nothing more.
   */
  static <T> Decoded<T> decodeReadable(RawNode node, Class<T> recordType, String path) {
    return decode(new RecordDecoder(true), node, recordType, path);
  }

  private static <T> Decoded<T> decode(
      RecordDecoder decoder, RawNode node, Class<T> recordType, String path) {
    RecordSchema schema = RecordSchema.of(recordType);
    Object value = decoder.record(node, schema, path);
    if (value != null && decoder.violations.isEmpty()) {
      return new Decoded.Ok<>(recordType.cast(value));
    }
    decoder.violations.sort(Violation.BY_POSITION);
    return new Decoded.Rejected<>(decoder.violations);
  }

  /** Null stands for "refused, and a violation says why", here and below. */
  private @Nullable Object record(RawNode node, RecordSchema schema, String path) {
    if (!(node instanceof Mapping mapping)) {
      return refuse(path, node, "must be fields, found " + node.describe());
    }
    if (depth == DEEPEST) {
      return refuse(path, node, "is nested more than " + DEEPEST + " levels deep");
    }
    depth++;
    try {
      return fields(mapping, schema, path);
    } finally {
      depth--;
    }
  }

  private @Nullable Object fields(Mapping mapping, RecordSchema schema, String path) {
    int before = violations.size();
    Map<String, Entry> present = new HashMap<>();
    List<String> names = schema.names();
    for (Entry entry : mapping.entries()) {
      String field = join(path, entry.key());
      Entry earlier = present.putIfAbsent(entry.key(), entry);
      if (earlier != null) {
        refuseDuplicate(field, entry, earlier);
      } else if (!names.contains(entry.key())) {
        refuse(field, entry.position(), Wording.unknownField(entry.key(), names));
      }
    }
    for (FieldRule rule : schema.rules()) {
      require(rule, schema, mapping, present, path);
    }
    @Nullable Object[] values = new @Nullable Object[names.size()];
    for (int i = 0; i < values.length; i++) {
      Field field = schema.fields().get(i);
      values[i] = field(field, present.get(field.name()), mapping, join(path, field.name()));
    }
    return violations.size() > before ? null : construct(schema, values, mapping, path);
  }

  private void require(
      FieldRule rule,
      RecordSchema schema,
      Mapping mapping,
      Map<String, Entry> present,
      String path) {
    switch (rule) {
      case FieldRule.ExactlyOneOf(List<String> names) -> {
        if (names.stream().filter(present::containsKey).count() != 1) {
          refuse(path, mapping, rule.must() + found(names, present));
        }
      }
      case FieldRule.AtMostOneOf(List<String> names) -> {
        if (names.stream().filter(present::containsKey).count() > 1) {
          refuse(path, mapping, rule.must() + found(names, present));
        }
      }
      case FieldRule.AtLeastOneOf(List<String> names) -> {
        if (!lenient && names.stream().map(present::get).allMatch(RecordDecoder::saysNothing)) {
          refuse(path, mapping, rule.must() + ", found none");
        }
      }
      case FieldRule.RequiredWith(String field, String selector, List<String> words) -> {
        String word = word(schema, selector, present.get(selector));
        if (!lenient && words.contains(word) && !present.containsKey(field)) {
          refuse(
              path,
              mapping,
              "must have a `" + field + "`, since its `" + selector + "` is '" + word + "'");
        }
      }
      case FieldRule.OnlyWith(String field, String selector, List<String> words) -> {
        String word = word(schema, selector, present.get(selector));
        Entry entry = present.get(field);
        if (!lenient && entry != null && !word.isEmpty() && !words.contains(word)) {
          refuse(
              join(path, field),
              entry.value(),
              "must not be there, since `" + selector + "` is '" + word + "'");
        }
      }
    }
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
  private static String word(RecordSchema schema, String selector, @Nullable Entry entry) {
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

  private static String found(List<String> names, Map<String, Entry> present) {
    List<String> there = names.stream().filter(present::containsKey).toList();
    return ", found " + (there.isEmpty() ? "none" : Wording.fields(there));
  }

  private @Nullable Object field(Field field, @Nullable Entry entry, Mapping mapping, String path) {
    if (entry != null) {
      return value(entry.value(), field.shape(), field.limits(), path);
    }
    if (field.defaultValue() != null) {
      return field.defaultValue();
    }
    if (field.optional()) {
      return null;
    }
    return switch (field.shape()) {
      case ValueShape.Items _ -> sized(List.of(), field.limits(), mapping, path);
      case ValueShape.Entries _ ->
          sized(Collections.emptySortedMap(), field.limits(), mapping, path);
      case ValueShape.Text _,
          ValueShape.Truth _,
          ValueShape.Whole _,
          ValueShape.Decimal _,
          ValueShape.Time _,
          ValueShape.Moment _,
          ValueShape.Word _,
          ValueShape.Written _,
          ValueShape.Untouched _,
          ValueShape.Fields _ ->
          refuse(path, mapping, "is required and is missing");
    };
  }

  private @Nullable Object value(RawNode node, ValueShape shape, Limits limits, String path) {
    if (node instanceof Scalar scalar && scalar.type() == ScalarType.NULL) {
      return refuse(path, node, "has no value; give it one or remove the field");
    }
    return switch (shape) {
      case ValueShape.Untouched _ -> node;
      case ValueShape.Fields(Class<?> type) -> record(node, RecordSchema.of(type), path);
      case ValueShape.Items(ValueShape item) -> items(node, item, limits, path);
      case ValueShape.Entries(ValueShape entry) -> entries(node, entry, limits, path);
      case ValueShape.Text _,
          ValueShape.Truth _,
          ValueShape.Whole _,
          ValueShape.Decimal _,
          ValueShape.Time _,
          ValueShape.Moment _,
          ValueShape.Word _,
          ValueShape.Written _ ->
          single(node, shape, limits, path);
    };
  }

  private @Nullable Object single(RawNode node, ValueShape shape, Limits limits, String path) {
    return switch (ScalarDecoder.read(shape, limits, node)) {
      case ScalarDecoder.Reading.Value(Object value) -> value;
      case ScalarDecoder.Reading.Refused(String message) -> refuse(path, node, message);
    };
  }

  private @Nullable Object items(RawNode node, ValueShape item, Limits limits, String path) {
    if (!(node instanceof Sequence sequence)) {
      return refuse(
          path, node, "must be a list, found " + node.describe() + "; begin each item with '- '");
    }
    if (sized(sequence.items(), limits, node, path) == null) {
      return null;
    }
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      Object value =
          value(sequence.items().get(i), item, withoutSizes(limits), path + "[" + i + "]");
      if (value != null) {
        items.add(value);
      }
    }
    return Collections.unmodifiableList(items);
  }

  private @Nullable Object entries(RawNode node, ValueShape shape, Limits limits, String path) {
    if (!(node instanceof Mapping mapping)) {
      return refuse(path, node, "must be fields, found " + node.describe());
    }
    if (sized(mapping.entries(), limits, node, path) == null) {
      return null;
    }
    Map<String, Entry> present = new LinkedHashMap<>();
    TreeMap<String, Object> values = new TreeMap<>();
    for (Entry entry : mapping.entries()) {
      String field = join(path, entry.key());
      Entry earlier = present.putIfAbsent(entry.key(), entry);
      if (earlier != null) {
        refuseDuplicate(field, entry, earlier);
        continue;
      }
      Integer longest = limits.maxLength();
      if (longest != null && entry.key().length() > longest) {
        refuse(
            path,
            entry.position(),
            "must have keys of at most " + longest + " characters, found " + entry.key().length());
      }
      Object value = value(entry.value(), shape, withoutSizes(limits), field);
      if (value != null) {
        values.put(entry.key(), value);
      }
    }
    return Collections.unmodifiableSortedMap(values);
  }

  /** The collection itself if its size is right. */
  private @Nullable Object sized(Object collection, Limits limits, RawNode node, String path) {
    int size =
        collection instanceof Collection<?> items ? items.size() : ((Map<?, ?>) collection).size();
    Integer least = limits.minItems();
    Integer most = limits.maxItems();
    if (least != null && size < least) {
      return refuse(path, node, "must have at least " + count(least) + ", found " + shown(size));
    }
    if (most != null && size > most) {
      return refuse(path, node, "must have at most " + count(most) + ", found " + shown(size));
    }
    return collection;
  }

  private static String count(int items) {
    return items == 1 ? "1 item" : items + " items";
  }

  private static String shown(int size) {
    return size == 0 ? "none" : String.valueOf(size);
  }

  /** The sizes of a list are not those of the lists in it. */
  private static Limits withoutSizes(Limits limits) {
    if (limits.minItems() == null && limits.maxItems() == null) {
      return limits;
    }
    return new Limits(
        null,
        null,
        limits.maxLength(),
        limits.pattern(),
        limits.patternMeaning(),
        limits.least(),
        limits.greatest(),
        limits.shortest(),
        limits.longest());
  }

  private @Nullable Object construct(
      RecordSchema schema, @Nullable Object[] values, Mapping mapping, String path) {
    try {
      return CONSTRUCTORS.get(schema.type()).newInstance(values);
    } catch (InvocationTargetException refused) {
      return switch (refused.getCause()) {
        case Error fatal -> throw fatal;
        case null -> refuse(path, mapping, "is refused");
        case Throwable cause -> refuse(path, mapping, "is refused: " + cause.getMessage());
      };
    } catch (InstantiationException | IllegalAccessException impossible) {
      throw new IllegalStateException(schema.type() + " cannot be made", impossible);
    }
  }

  private static Constructor<?> canonical(Class<?> type) {
    try {
      Constructor<?> canonical =
          type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getType)
                  .toArray(Class<?>[]::new));
      canonical.setAccessible(true);
      return canonical;
    } catch (NoSuchMethodException impossible) {
      throw new IllegalStateException(type + " lacks its canonical constructor", impossible);
    }
  }

  private void refuseDuplicate(String field, Entry entry, Entry earlier) {
    refuse(
        field,
        entry.position(),
        "must stand once; it stands already in line " + earlier.position().line());
  }

  private @Nullable Object refuse(String path, RawNode node, String message) {
    return refuse(path, node.position(), message);
  }

  private @Nullable Object refuse(String path, Position position, String message) {
    violations.add(new Violation(path, position, message));
    return null;
  }

  private static String join(String path, String name) {
    String shown = PLAIN_NAME.matcher(name).matches() ? name : "['" + name + "']";
    if (path.isEmpty()) {
      return shown;
    }
    return shown.startsWith("[") ? path + shown : path + "." + shown;
  }
}
