package dev.skiffmesh.api.document;

import dev.skiffmesh.api.schema.WrittenAs;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** How a Java type is written in a document; see {@link RecordDecoder}. Immutable. */
public sealed interface ValueShape {

  /** One value that is written as one word. */
  sealed interface Single extends ValueShape {}

  /** A text. */
  record Text() implements Single {}

  /** {@code true} or {@code false}. */
  record Truth() implements Single {}

  /**
   * A whole number.
   *
   * @param wide a long, else an int
   */
  record Whole(boolean wide) implements Single {}

  /** A number with or without a fraction. */
  record Decimal() implements Single {}

  /** A duration; see {@link DurationText}. */
  record Time() implements Single {}

  /** A moment by RFC 3339. */
  record Moment() implements Single {}

  /**
   * One of some words.
   *
   * @param constants by their words, in the order of their declaration
   */
  record Word(Map<String, Object> constants) implements Single {}

  /** A type with a reading method of its own. */
  record Written(WrittenAs rule, Method factory) implements Single {}

  /**
   * Fields; {@link RecordSchema#of} is asked for the schema when it is needed, since records may
   * contain themselves.
   */
  record Fields(Class<?> type) implements ValueShape {}

  /** Whatever it is, not looked into. */
  record Untouched() implements ValueShape {}

  /** A list. */
  record Items(ValueShape item) implements ValueShape {}

  /** A map from texts. */
  record Entries(ValueShape value) implements ValueShape {}

  /** Tells whether it holds any number of values, none among them. */
  default boolean isMany() {
    return this instanceof Items || this instanceof Entries;
  }

  /** What the absence of a field says that holds many values; null for one that holds one. */
  default @Nullable Object none() {
    return switch (this) {
      case Items _ -> List.of();
      case Entries _ -> Collections.emptySortedMap();
      case Single _, Fields _, Untouched _ -> null;
    };
  }

  /** The shape that the limits of a field speak of: of a list its items, of a map its values. */
  default ValueShape scalar() {
    return switch (this) {
      case Items items -> items.item().scalar();
      case Entries entries -> entries.value().scalar();
      case Single _, Fields _, Untouched _ -> this;
    };
  }

  /** The word of an enum's constant in documents: {@code TargetNotFound}. */
  static String word(Enum<?> constant) {
    StringBuilder word = new StringBuilder();
    for (String part : constant.name().split("_", -1)) {
      word.append(part.isEmpty() ? "" : part.substring(0, 1))
          .append(part.isEmpty() ? "" : part.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }

  /** The shape of a component's type; one that no document writes is a bug and throws. */
  static ValueShape of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return new Items(of(arguments[0]));
      }
      if ((generic.getRawType() == Map.class || generic.getRawType() == SortedMap.class)
          && arguments[0] == String.class) {
        return new Entries(of(arguments[1]));
      }
    }
    if (type instanceof Class<?> plain) {
      return ofClass(plain);
    }
    throw new IllegalStateException("No document writes a " + type.getTypeName());
  }

  private static ValueShape ofClass(Class<?> type) {
    if (type == String.class) {
      return new Text();
    }
    if (type == boolean.class || type == Boolean.class) {
      return new Truth();
    }
    if (type == int.class || type == Integer.class) {
      return new Whole(false);
    }
    if (type == long.class || type == Long.class) {
      return new Whole(true);
    }
    if (type == BigDecimal.class) {
      return new Decimal();
    }
    if (type == Duration.class) {
      return new Time();
    }
    if (type == Instant.class) {
      return new Moment();
    }
    if (type == RawNode.class) {
      return new Untouched();
    }
    WrittenAs rule = type.getAnnotation(WrittenAs.class);
    if (rule != null) {
      return new Written(rule, factory(type, rule));
    }
    if (type.isEnum()) {
      Map<String, Object> constants = new LinkedHashMap<>();
      for (Object constant : type.getEnumConstants()) {
        constants.put(word((Enum<?>) constant), constant);
      }
      return new Word(Collections.unmodifiableMap(constants));
    }
    if (type.isRecord()) {
      return new Fields(type);
    }
    throw new IllegalStateException("No document writes a " + type.getTypeName());
  }

  private static Method factory(Class<?> type, WrittenAs rule) {
    try {
      Method factory = type.getDeclaredMethod(rule.factory(), String.class);
      if (!Modifier.isStatic(factory.getModifiers()) || factory.getReturnType() != Optional.class) {
        throw new IllegalStateException(factory + " must be static and return an Optional");
      }
      factory.setAccessible(true);
      return factory;
    } catch (NoSuchMethodException missing) {
      throw new IllegalStateException(
          type + " lacks the method " + rule.factory() + "(String)", missing);
    }
  }
}
