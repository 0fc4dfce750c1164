package dev.skiffmesh.translator.memo;

import org.jspecify.annotations.Nullable;

/**
 * A value as a part of a key, compared by identity: where unchanged values are the same object,
 * comparing contents would cost as much as the work that is saved.
 *
 * @param value which one
 */
public record Same<T>(T value) {

  @Override
  @SuppressWarnings("ReferenceEquality")
  public boolean equals(@Nullable Object other) {
    return other instanceof Same<?> same && same.value == value;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(value);
  }
}
