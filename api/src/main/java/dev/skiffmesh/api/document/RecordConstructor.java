package dev.skiffmesh.api.document;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes records of their components by reflection; thread-safe. */
final class RecordConstructor {

  private static final ClassValue<Constructor<?>> CONSTRUCTORS =
      new ClassValue<>() {
        @Override
        protected Constructor<?> computeValue(Class<?> type) {
          return canonical(type);
        }
      };

  private RecordConstructor() {}

  /** What came of it. */
  sealed interface Made {
    /** A record. */
    record Value(Object value) implements Made {}

    /** Its compact constructor refused, and said why. */
    record Refused(String why) implements Made {}
  }

  /** Makes one; an error of the machine goes through. */
  static Made make(Class<?> type, @Nullable Object[] components) {
    try {
      return new Made.Value(CONSTRUCTORS.get(type).newInstance(components));
    } catch (InvocationTargetException refused) {
      return switch (refused.getCause()) {
        case Error fatal -> throw fatal;
        case null -> new Made.Refused("is refused");
        case Throwable cause -> new Made.Refused("is refused: " + cause.getMessage());
      };
    } catch (InstantiationException | IllegalAccessException impossible) {
      throw new IllegalStateException(type + " cannot be made", impossible);
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
}
