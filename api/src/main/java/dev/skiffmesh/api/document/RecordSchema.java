package dev.skiffmesh.api.document;

import dev.skiffmesh.api.schema.AtMostOneOf;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.ExactlyOneOf;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.Spelled;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a record says about the fields that a document may have, read once by reflection. A record
 * that makes no sense as a schema is a bug and throws {@link IllegalStateException} here, on its
 * first use, whatever the document.
 *
 * @param names of the fields, in their order
 * @param exactlyOneOf empty for no such rule
 * @param atMostOneOf empty for no such rule
 */
record RecordSchema(
    Class<?> type,
    Constructor<?> constructor,
    List<Field> fields,
    List<String> names,
    List<String> exactlyOneOf,
    List<String> atMostOneOf) {

  private static final ClassValue<RecordSchema> KNOWN =
      new ClassValue<>() {
        @Override
        protected RecordSchema computeValue(Class<?> type) {
          return read(type);
        }
      };

  static RecordSchema of(Class<?> type) {
    return KNOWN.get(type);
  }

  /**
   * One field.
   *
   * @param optional null stands for its absence
   * @param defaultValue what its absence means, immutable; null for nothing
   */
  record Field(
      String name,
      ValueShape shape,
      boolean optional,
      @Nullable Object defaultValue,
      Limits limits) {}

  /**
   * What a field's value, or each item of a list or value of a map, must keep to.
   *
   * @param least for numbers; null for no bound, as for all of them
   */
  record Limits(
      @Nullable Integer minItems,
      @Nullable Integer maxItems,
      @Nullable Integer maxLength,
      @Nullable Pattern pattern,
      @Nullable String patternMeaning,
      @Nullable BigDecimal least,
      @Nullable BigDecimal greatest,
      @Nullable Duration shortest,
      @Nullable Duration longest) {}

  private static RecordSchema read(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new IllegalStateException(type + " is not a record");
    }
    ExactlyOneOf exactly = type.getAnnotation(ExactlyOneOf.class);
    AtMostOneOf atMost = type.getAnnotation(AtMostOneOf.class);
    List<Field> fields = Arrays.stream(components).map(RecordSchema::field).toList();
    RecordSchema schema =
        new RecordSchema(
            type,
            constructor(type, components),
            fields,
            fields.stream().map(Field::name).toList(),
            exactly == null ? List.of() : List.of(exactly.value()),
            atMost == null ? List.of() : List.of(atMost.value()));
    for (String name : schema.exactlyOneOf) {
      schema.requireField(name);
    }
    for (String name : schema.atMostOneOf) {
      schema.requireField(name);
    }
    return schema;
  }

  private void requireField(String name) {
    if (!names().contains(name)) {
      throw new IllegalStateException(type + " has no field " + name);
    }
  }

  private static Constructor<?> constructor(Class<?> type, RecordComponent[] components) {
    try {
      Constructor<?> canonical =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      canonical.setAccessible(true);
      return canonical;
    } catch (NoSuchMethodException impossible) {
      throw new IllegalStateException(type + " lacks its canonical constructor", impossible);
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
    return new Field(spelling(component), shape, optional, defaultValue, limits);
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
