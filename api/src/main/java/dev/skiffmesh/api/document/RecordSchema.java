package dev.skiffmesh.api.document;

import dev.skiffmesh.api.schema.AtLeastOneOf;
import dev.skiffmesh.api.schema.AtMostOneOf;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.ExactlyOneOf;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Needs;
import dev.skiffmesh.api.schema.OnlyWith;
import dev.skiffmesh.api.schema.Otherwise;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.RequiredWith;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.api.schema.Together;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a record says about the fields that a document may have, read once by reflection. Decoder,
 * custom resource definitions and reference pages read it, so that none of them can say something
 * else. A record that makes no sense as a schema is a bug and throws {@link IllegalStateException}
 * here, on its first use, whatever the document.
 *
 * @param type the record
 * @param description one sentence; empty if the record has none
 * @param fields in their order
 * @param rules what they must keep to together
 */
public record RecordSchema(
    Class<?> type, String description, List<Field> fields, List<FieldRule> rules) {

  /** Copies the lists. */
  public RecordSchema {
    fields = List.copyOf(fields);
    rules = List.copyOf(rules);
  }

  private static final ClassValue<RecordSchema> KNOWN =
      new ClassValue<>() {
        @Override
        protected RecordSchema computeValue(Class<?> type) {
          return read(type);
        }
      };

  /** The schema of a record. */
  public static RecordSchema of(Class<?> type) {
    return KNOWN.get(type);
  }

  /** The names of the fields, in their order. */
  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /**
   * One field.
   *
   * @param name as documents write it
   * @param description one sentence; empty if it has none
   * @param shape how its value is written
   * @param optional null stands for its absence
   * @param defaultText what its absence means, as a user would write it; null for nothing
   * @param defaultValue what its absence means, immutable; null for nothing
   * @param otherwise what holds if no policy says anything about it; null if that is not one value
   * @param limits of the value
   */
  public record Field(
      String name,
      String description,
      ValueShape shape,
      boolean optional,
      @Nullable String defaultText,
      @Nullable Object defaultValue,
      @Nullable String otherwise,
      Limits limits) {

    /** Tells whether a document without the field is refused. */
    public boolean isRequired() {
      boolean maySayNothing = shape.isMany() && limits.minItems() == null;
      return !optional && defaultValue == null && !maySayNothing;
    }
  }

  /**
   * What a field's value, or each item of a list or value of a map, must keep to; null for no
   * bound.
   *
   * @param minItems of a list
   * @param maxItems of a list or a map
   * @param maxLength of a text, in UTF-16 units, and of a map's keys
   * @param pattern that a whole text matches
   * @param patternMeaning the pattern in the user's words
   * @param least for numbers
   * @param greatest for numbers
   * @param shortest for durations
   * @param longest for durations
   */
  public record Limits(
      @Nullable Integer minItems,
      @Nullable Integer maxItems,
      @Nullable Integer maxLength,
      @Nullable Pattern pattern,
      @Nullable String patternMeaning,
      @Nullable BigDecimal least,
      @Nullable BigDecimal greatest,
      @Nullable Duration shortest,
      @Nullable Duration longest) {

    /** Those of an item: the sizes of a list are not those of the lists in it. */
    Limits ofOne() {
      return minItems == null && maxItems == null
          ? this
          : new Limits(
              null, null, maxLength, pattern, patternMeaning, least, greatest, shortest, longest);
    }
  }

  private static RecordSchema read(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new IllegalStateException(type + " is not a record");
    }
    Description description = type.getAnnotation(Description.class);
    RecordSchema schema =
        new RecordSchema(
            type,
            description == null ? "" : description.value(),
            Arrays.stream(components).map(RecordSchema::field).toList(),
            rules(type, components));
    schema.rules.forEach(schema::requireFields);
    return schema;
  }

  private static List<FieldRule> rules(Class<?> type, RecordComponent[] components) {
    List<FieldRule> rules = new ArrayList<>();
    ExactlyOneOf exactly = type.getAnnotation(ExactlyOneOf.class);
    if (exactly != null) {
      rules.add(new FieldRule.ExactlyOneOf(List.of(exactly.value())));
    }
    AtMostOneOf atMost = type.getAnnotation(AtMostOneOf.class);
    if (atMost != null) {
      rules.add(new FieldRule.AtMostOneOf(List.of(atMost.value())));
    }
    AtLeastOneOf atLeast = type.getAnnotation(AtLeastOneOf.class);
    if (atLeast != null) {
      rules.add(new FieldRule.AtLeastOneOf(List.of(atLeast.value())));
    }
    Together together = type.getAnnotation(Together.class);
    if (together != null) {
      rules.add(new FieldRule.Together(together.must(), together.cel()));
    }
    for (RecordComponent component : components) {
      String name = spelling(component);
      RequiredWith required = component.getAnnotation(RequiredWith.class);
      if (required != null) {
        rules.add(new FieldRule.RequiredWith(name, required.field(), List.of(required.words())));
      }
      Needs needs = component.getAnnotation(Needs.class);
      if (needs != null) {
        rules.add(new FieldRule.Needs(name, needs.value()));
      }
      OnlyWith only = component.getAnnotation(OnlyWith.class);
      if (only != null) {
        rules.add(new FieldRule.OnlyWith(name, only.field(), List.of(only.words())));
      }
    }
    return rules;
  }

  private void requireFields(FieldRule rule) {
    switch (rule) {
      case FieldRule.ExactlyOneOf(List<String> names) -> names.forEach(this::requireField);
      case FieldRule.AtMostOneOf(List<String> names) -> names.forEach(this::requireField);
      case FieldRule.AtLeastOneOf(List<String> names) -> names.forEach(this::requireField);
      case FieldRule.Together _ -> {
        // It names its fields in CEL, which the API server checks.
      }
      case FieldRule.Needs(_, String other) -> requireField(other);
      case FieldRule.RequiredWith(_, String selector, List<String> words) ->
          requireWords(selector, words);
      case FieldRule.OnlyWith(_, String selector, List<String> words) ->
          requireWords(selector, words);
    }
  }

  private void requireWords(String selector, List<String> words) {
    boolean known =
        fields.stream()
            .filter(field -> field.name().equals(selector))
            .anyMatch(
                field ->
                    field.shape() instanceof ValueShape.Word(var constants)
                        && constants.keySet().containsAll(words));
    if (!known) {
      throw new IllegalStateException(
          type + " has no field " + selector + " that may be any of " + words);
    }
  }

  private void requireField(String name) {
    if (!names().contains(name)) {
      throw new IllegalStateException(type + " has no field " + name);
    }
  }

  private static Field field(RecordComponent component) {
    ValueShape shape = ValueShape.of(component.getGenericType());
    Default fallback = component.getAnnotation(Default.class);
    boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    if (optional && component.getType().isPrimitive()) {
      throw new IllegalStateException(component + " cannot be null");
    }
    Limits limits = limits(component, shape.scalar());
    Object defaultValue =
        fallback == null
            ? null
            : ScalarDecoder.ofDefault(shape, limits, fallback.value())
                .orElseThrow(
                    () ->
                        new IllegalStateException(
                            component + " refuses its own default " + fallback.value()));
    Description description = component.getAnnotation(Description.class);
    return new Field(
        spelling(component),
        description == null ? "" : description.value(),
        shape,
        optional,
        fallback == null ? null : fallback.value(),
        defaultValue,
        otherwise(component, shape, limits),
        limits);
  }

  private static @Nullable String otherwise(
      RecordComponent component, ValueShape shape, Limits limits) {
    Otherwise otherwise = component.getAnnotation(Otherwise.class);
    if (otherwise == null) {
      return null;
    }
    if (ScalarDecoder.ofDefault(shape, limits, otherwise.value()).isEmpty()) {
      throw new IllegalStateException(
          component + " refuses what holds otherwise, " + otherwise.value());
    }
    return otherwise.value();
  }

  private static Limits limits(RecordComponent component, ValueShape scalar) {
    Matches matches = component.getAnnotation(Matches.class);
    Range range = component.getAnnotation(Range.class);
    boolean time = scalar instanceof ValueShape.Time;
    return new Limits(
        number(component, MinItems.class, MinItems::value),
        number(component, MaxItems.class, MaxItems::value),
        number(component, MaxLength.class, MaxLength::value),
        matches == null ? null : Pattern.compile(matches.value()),
        matches == null ? null : matches.meaning(),
        time || range == null || range.min().isEmpty() ? null : new BigDecimal(range.min()),
        time || range == null || range.max().isEmpty() ? null : new BigDecimal(range.max()),
        !time || range == null || range.min().isEmpty() ? null : duration(range.min()),
        !time || range == null || range.max().isEmpty() ? null : duration(range.max()));
  }

  private static <A extends Annotation> @Nullable Integer number(
      RecordComponent component, Class<A> annotation, ToIntFunction<A> value) {
    return Optional.ofNullable(component.getAnnotation(annotation))
        .map(value::applyAsInt)
        .orElse(null);
  }

  private static Duration duration(String text) {
    return DurationText.parse(text)
        .orElseThrow(() -> new IllegalStateException("'" + text + "' is not a duration"));
  }

  private static String spelling(RecordComponent component) {
    Spelled spelled = component.getAnnotation(Spelled.class);
    return spelled == null ? component.getName() : spelled.value();
  }
}
