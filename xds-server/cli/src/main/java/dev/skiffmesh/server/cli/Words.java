package dev.skiffmesh.server.cli;

import dev.skiffmesh.api.document.Wording;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads one of an enum's words in any case; another word is refused with the nearest one.
 *
 * @param <E> the enum
 */
public class Words<E extends Enum<E>> implements ITypeConverter<E> {

  private final Class<E> type;

  /** Reads the words of {@code type}. */
  protected Words(Class<E> type) {
    this.type = type;
  }

  /** As users write it: {@code virtual-host}. */
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public final E convert(String value) {
    List<String> known = Arrays.stream(type.getEnumConstants()).map(Words::of).toList();
    for (E constant : type.getEnumConstants()) {
      if (of(constant).equalsIgnoreCase(value)) {
        return constant;
      }
    }
    throw new TypeConversionException(
        "must be "
            + Wording.choice(known)
            + ", found '"
            + value
            + "'"
            + Wording.didYouMean(value, known));
  }
}
