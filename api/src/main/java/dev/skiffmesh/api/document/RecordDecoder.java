package dev.skiffmesh.api.document;

import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.document.RawNode.Sequence;
import dev.skiffmesh.api.document.RecordSchema.Field;
import dev.skiffmesh.api.document.RecordSchema.Limits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
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

  /** A longer name is a text in the wrong place, and would be shown with each field in it. */
  private static final int LONGEST_NAME = 320;

  private final Violations violations;
  private final Set<String> refused = new HashSet<>();
  private int depth;
  private int visited;

  /** A decoder that adds what it finds to {@code violations}. */
  RecordDecoder(Violations violations) {
    this.violations = violations;
  }

  /**
   * Decodes one tree; never throws, whatever the tree is.
   *
   * @param recordType a record; one that cannot be a schema (a component of an unknown type, a
   *     default that its own rules refuse) is a bug and throws {@link IllegalStateException}
   * @param path the field path of {@code node} from the document's root, empty for the root
   */
  public static <T> Decoded<T> decode(RawNode node, Class<T> recordType, String path) {
    Violations found = new Violations();
    T value = new RecordDecoder(found).read(node, recordType, path);
    return value != null && found.isEmpty()
        ? new Decoded.Ok<>(value)
        : new Decoded.Rejected<>(found.inOrder());
  }

  /**
   * Reads as much as can be read: a field that is refused counts as absent, and so does a record or
   * a list that cannot do without it. If nothing was refused it is all of it; else it is good for
   * finding what else is wrong, and for nothing more.
   *
   * @return null if nothing is left
   */
  <T> @Nullable T read(RawNode node, Class<T> recordType, String path) {
    return recordType.cast(record(node, RecordSchema.of(recordType), path));
  }

  /**
   * The paths of the fields that count as absent because they were refused; not of all if more was
   * refused than is shown.
   */
  Set<String> refused() {
    return refused;
  }

  /** How many values were looked at, which is the work that was done. */
  int visited() {
    return visited;
  }

  /** Null stands for "refused, and a violation says why", here and below. */
  private @Nullable Object record(RawNode node, RecordSchema schema, String path) {
    visited++;
    if (!(node instanceof Mapping mapping)) {
      return refuse(path, node, () -> "must be fields, found " + node.describe());
    }
    if (depth == DEEPEST) {
      return refuse(path, node, () -> "is nested more than " + DEEPEST + " levels deep");
    }
    depth++;
    try {
      return fields(mapping, schema, path);
    } finally {
      depth--;
    }
  }

  private @Nullable Object fields(Mapping mapping, RecordSchema schema, String path) {
    int before = violations.found();
    Map<String, Entry> present = present(mapping, schema, path);
    FieldRuleCheck rules = new FieldRuleCheck(schema, mapping, present, path, this);
    rules.check();
    boolean readable = true;
    @Nullable Object[] values = new @Nullable Object[schema.fields().size()];
    for (int i = 0; i < values.length; i++) {
      Field field = schema.fields().get(i);
      Entry entry = present.get(field.name());
      String at = join(path, field.name());
      Object value = entry == null ? null : value(entry.value(), field.shape(), field.limits(), at);
      if (value == null) {
        if (entry == null) {
          requirePresent(field, mapping, at);
        } else {
          present.remove(field.name());
        }
        readable &= !field.isRequired();
        value = absent(field);
      }
      values[i] = value;
    }
    return readable && rules.areKept()
        ? construct(schema, values, mapping, path, violations.found() > before)
        : null;
  }

  /** The fields that stand once and are known; those that stand twice count with the first. */
  private Map<String, Entry> present(Mapping mapping, RecordSchema schema, String path) {
    Map<String, Entry> present = new HashMap<>();
    List<String> names = schema.names();
    for (Entry entry : mapping.entries()) {
      String field = join(path, entry.key());
      Entry earlier = present.putIfAbsent(entry.key(), entry);
      if (earlier != null) {
        refuseDuplicate(field, entry, earlier);
      } else if (!names.contains(entry.key())) {
        visited++;
        refuse(field, entry.position(), () -> Wording.unknownField(entry.key(), names));
      }
    }
    return present;
  }

  private void requirePresent(Field field, Mapping mapping, String path) {
    if (field.isRequired() && field.shape().isMany()) {
      isSized(0, field.limits(), mapping, path);
    } else if (field.isRequired()) {
      refuse(path, mapping, () -> "is required and is missing");
    }
  }

  /** What the absence of a field means; null also where it may not be absent. */
  private static @Nullable Object absent(Field field) {
    return field.defaultValue() != null || field.optional()
        ? field.defaultValue()
        : field.shape().none();
  }

  private @Nullable Object value(RawNode node, ValueShape shape, Limits limits, String path) {
    if (node instanceof Scalar scalar && scalar.type() == ScalarType.NULL) {
      visited++;
      return refuse(path, node, () -> "has no value; give it one or remove the field");
    }
    return switch (shape) {
      case ValueShape.Untouched _ -> node;
      case ValueShape.Fields(Class<?> type) -> record(node, RecordSchema.of(type), path);
      case ValueShape.Items(ValueShape item) -> items(node, item, limits, path);
      case ValueShape.Entries(ValueShape entry) -> entries(node, entry, limits, path);
      case ValueShape.Single single -> single(node, single, limits, path);
    };
  }

  private @Nullable Object single(
      RawNode node, ValueShape.Single shape, Limits limits, String path) {
    visited++;
    return switch (ScalarDecoder.read(shape, limits, node)) {
      case ScalarDecoder.Reading.Value(Object value) -> value;
      case ScalarDecoder.Reading.Refused(String message) -> refuse(path, node, () -> message);
    };
  }

  /** A list that lacks an item is no list to judge by: its neighbours would change places. */
  private @Nullable Object items(RawNode node, ValueShape item, Limits limits, String path) {
    visited++;
    if (!(node instanceof Sequence(List<RawNode> written, _))) {
      return refuse(
          path,
          node,
          () -> "must be a list, found " + node.describe() + "; begin each item with '- '");
    }
    if (!isSized(written.size(), limits, node, path)) {
      return null;
    }
    Limits ofItem = limits.ofOne();
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      Object value = value(written.get(i), item, ofItem, path + "[" + i + "]");
      if (value != null) {
        items.add(value);
      }
    }
    return items.size() == written.size() ? Collections.unmodifiableList(items) : null;
  }

  private @Nullable Object entries(RawNode node, ValueShape shape, Limits limits, String path) {
    visited++;
    if (!(node instanceof Mapping(List<Entry> written, _))) {
      return refuse(path, node, () -> "must be fields, found " + node.describe());
    }
    if (!isSized(written.size(), limits, node, path)) {
      return null;
    }
    Limits ofEntry = limits.ofOne();
    Map<String, Entry> present = new LinkedHashMap<>();
    TreeMap<String, Object> values = new TreeMap<>();
    for (Entry entry : written) {
      String field = join(path, entry.key());
      Entry earlier = present.putIfAbsent(entry.key(), entry);
      if (earlier != null) {
        refuseDuplicate(field, entry, earlier);
        continue;
      }
      if (entry.key().equals(Wording.MERGE_KEY)) {
        refuse(field, entry.position(), () -> Wording.NO_MERGE_KEY);
        continue;
      }
      Object value = value(entry.value(), shape, ofEntry, field);
      if (isShortEnough(entry, limits, path) && value != null) {
        values.put(entry.key(), value);
      }
    }
    return Collections.unmodifiableSortedMap(values);
  }

  private boolean isShortEnough(Entry entry, Limits limits, String path) {
    Integer longest = limits.maxLength();
    int length = entry.key().length();
    if (longest == null || length <= longest) {
      return true;
    }
    refuse(
        path,
        entry.position(),
        () -> "must have keys of at most " + longest + " characters, found " + length);
    return false;
  }

  private boolean isSized(int size, Limits limits, RawNode node, String path) {
    Integer least = limits.minItems();
    Integer most = limits.maxItems();
    if (least != null && size < least) {
      refuse(path, node, () -> "must have at least " + count(least) + ", found " + shown(size));
      return false;
    }
    if (most != null && size > most) {
      refuse(path, node, () -> "must have at most " + count(most) + ", found " + shown(size));
      return false;
    }
    return true;
  }

  private static String count(int items) {
    return items == 1 ? "1 item" : items + " items";
  }

  private static String shown(int size) {
    return size == 0 ? "none" : String.valueOf(size);
  }

  private @Nullable Object construct(
      RecordSchema schema,
      @Nullable Object[] values,
      Mapping mapping,
      String path,
      boolean isLacking) {
    return switch (RecordConstructor.make(schema.type(), values)) {
      case RecordConstructor.Made.Value(Object value) -> value;
      // What it says of values that are not all there may be due to those that lack.
      case RecordConstructor.Made.Refused _ when isLacking -> null;
      case RecordConstructor.Made.Refused(String why) -> refuse(path, mapping, () -> why);
    };
  }

  private void refuseDuplicate(String field, Entry entry, Entry earlier) {
    visited++;
    refuse(
        field,
        entry.position(),
        () -> "must stand once; it stands already in line " + earlier.position().line());
  }

  @Nullable Object refuse(String path, RawNode node, Supplier<String> message) {
    return refuse(path, node.position(), message);
  }

  private @Nullable Object refuse(String path, Position position, Supplier<String> message) {
    if (!violations.isFull()) {
      refused.add(path);
    }
    violations.add(path, position, message);
    return null;
  }

  /** Refuses what can be read nevertheless. */
  void complain(String path, RawNode node, Supplier<String> message) {
    violations.add(path, node.position(), message);
  }

  static String join(String path, String name) {
    String shown = PLAIN_NAME.matcher(name).matches() ? name : "['" + shortened(name) + "']";
    if (path.isEmpty()) {
      return shown;
    }
    return shown.startsWith("[") ? path + shown : path + "." + shown;
  }

  private static String shortened(String name) {
    return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "…" : name;
  }
}
