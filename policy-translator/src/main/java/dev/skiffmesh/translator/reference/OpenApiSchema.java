package dev.skiffmesh.translator.reference;

import dev.skiffmesh.api.document.RecordSchema;
import dev.skiffmesh.api.document.RecordSchema.Field;
import dev.skiffmesh.api.document.RecordSchema.Limits;
import dev.skiffmesh.api.document.ValueShape;
import dev.skiffmesh.api.schema.WrittenAs;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A record's schema as a structural OpenAPI schema of Kubernetes. Pure.
 *
 * <p>Defaults are told in words and not filled in by the API server: a stored document stays as its
 * writer wrote it, and means the same as in a file. Unknown fields are kept at every level, so that
 * Skiff can name a misspelt one; the API server would drop it in silence below the spec's root,
 * since pruning begins again wherever fields are listed.
 */
final class OpenApiSchema {

  static final String KEEP_UNKNOWN = "x-kubernetes-preserve-unknown-fields";
  static final String VALIDATIONS = "x-kubernetes-validations";

  /** GEP-2257, as the decoder reads it. */
  private static final String DURATION = "^([0-9]{1,5}(h|m|s|ms)){1,4}$";

  /** Four numbers of five digits, each with a unit of two letters. */
  private static final int LONGEST_DURATION = 28;

  private final Set<Class<?>> within = new LinkedHashSet<>();

  private OpenApiSchema() {}

  /** The schema of a spec. */
  static Map<String, Object> of(RecordSchema schema) {
    return new OpenApiSchema().fields(schema);
  }

  private Map<String, Object> fields(RecordSchema schema) {
    Map<String, Object> node = typed("object", schema.description());
    node.put(KEEP_UNKNOWN, true);
    if (!within.add(schema.type())) {
      // A record within itself: structural schemas have no references.
      return node;
    }
    List<String> required = new ArrayList<>();
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Field field : schema.fields()) {
      properties.put(field.name(), field(field));
      if (field.isRequired()) {
        required.add(field.name());
      }
    }
    within.remove(schema.type());
    node.put("properties", properties);
    if (!required.isEmpty()) {
      node.put("required", required);
    }
    List<Map<String, Object>> rules = CelRules.of(schema);
    if (!rules.isEmpty()) {
      node.put(VALIDATIONS, rules);
    }
    return node;
  }

  private Map<String, Object> field(Field field) {
    Map<String, Object> node = value(field.shape(), field.limits());
    node.put("description", description(field));
    return node;
  }

  /** What stands in a description because the schema has no other word for it. */
  static String description(Field field) {
    StringBuilder text = new StringBuilder(field.description());
    String meaning = meaning(field);
    if (meaning != null) {
      text.append(" Must be ").append(meaning).append('.');
    }
    if (field.defaultText() != null) {
      text.append(" Default: ").append(field.defaultText()).append('.');
    }
    if (field.otherwise() != null) {
      text.append(" If no policy says: ").append(field.otherwise()).append('.');
    }
    return text.toString();
  }

  private static @Nullable String meaning(Field field) {
    return field.shape().scalar() instanceof ValueShape.Written(WrittenAs rule, _)
        ? rule.meaning()
        : field.limits().patternMeaning();
  }

  private Map<String, Object> value(ValueShape shape, Limits limits) {
    return switch (shape) {
      case ValueShape.Text _ -> text(limits);
      case ValueShape.Truth _ -> typed("boolean", "");
      case ValueShape.Whole(boolean wide) -> whole(wide, limits);
      case ValueShape.Decimal _ -> number("number", limits.least(), limits.greatest());
      case ValueShape.Time _ -> duration(limits);
      case ValueShape.Moment _ -> {
        Map<String, Object> node = typed("string", "");
        node.put("format", "date-time");
        yield node;
      }
      case ValueShape.Word(Map<String, Object> constants) -> {
        Map<String, Object> node = typed("string", "");
        node.put("enum", List.copyOf(new ArrayList<>(constants.keySet())));
        yield node;
      }
      case ValueShape.Written(WrittenAs rule, _) -> written(rule, limits);
      case ValueShape.Fields(Class<?> type) -> fields(RecordSchema.of(type));
      case ValueShape.Untouched _ -> {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put(KEEP_UNKNOWN, true);
        yield node;
      }
      case ValueShape.Items(ValueShape item) -> {
        Map<String, Object> node = typed("array", "");
        put(node, "minItems", limits.minItems());
        put(node, "maxItems", limits.maxItems());
        node.put("items", value(item, limits));
        yield node;
      }
      case ValueShape.Entries(ValueShape entry) -> entries(entry, limits);
    };
  }

  private Map<String, Object> entries(ValueShape entry, Limits limits) {
    Map<String, Object> node = typed("object", "");
    put(node, "maxProperties", limits.maxItems());
    node.put("additionalProperties", value(entry, limits));
    Integer longest = limits.maxLength();
    if (longest != null) {
      node.put(VALIDATIONS, List.of(CelRules.ofKeys(longest)));
    }
    return node;
  }

  private static Map<String, Object> text(Limits limits) {
    Map<String, Object> node = typed("string", "");
    put(node, "maxLength", limits.maxLength());
    Pattern pattern = limits.pattern();
    if (pattern != null) {
      node.put("pattern", "^(?:" + pattern.pattern() + ")$");
    }
    return node;
  }

  private static Map<String, Object> whole(boolean wide, Limits limits) {
    Map<String, Object> node = number("integer", limits.least(), limits.greatest());
    node.put("format", wide ? "int64" : "int32");
    return node;
  }

  private static Map<String, Object> duration(Limits limits) {
    Map<String, Object> node = typed("string", "");
    node.put("maxLength", LONGEST_DURATION);
    node.put("pattern", DURATION);
    CelRules.ofDuration(limits).ifPresent(rule -> node.put(VALIDATIONS, List.of(rule)));
    return node;
  }

  private static Map<String, Object> written(WrittenAs rule, Limits limits) {
    return switch (rule.form()) {
      case TEXT -> text(limits);
      case NUMBER -> number("number", bound(rule.min()), bound(rule.max()));
    };
  }

  private static @Nullable BigDecimal bound(String text) {
    return text.isEmpty() ? null : new BigDecimal(text);
  }

  private static Map<String, Object> number(
      String type, @Nullable BigDecimal least, @Nullable BigDecimal greatest) {
    Map<String, Object> node = typed(type, "");
    put(node, "minimum", least);
    put(node, "maximum", greatest);
    return node;
  }

  private static Map<String, Object> typed(String type, String description) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("description", description);
    node.put("type", type);
    if (description.isEmpty()) {
      node.remove("description");
    }
    return node;
  }

  private static void put(Map<String, Object> node, String key, @Nullable Object value) {
    if (value != null) {
      node.put(key, value);
    }
  }
}
