package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.source.Source;

/**
 * What a source is told: a record of its own for each registry. It refuses by an {@link
 * IllegalArgumentException}, with a message for the user, whatever can be seen to be wrong without
 * the registry.
 */
public interface SourceSettings {

  /** The configured name; unique among the sources. */
  String name();

  /** The source of them, not yet started; another one at each call. */
  Source source();

  /**
   * Refuses a setting.
   *
   * @param key as the user writes it
   * @param problem what it must be, and what it is
   * @throws IllegalArgumentException unless {@code holds}
   */
  static void require(boolean holds, String key, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("`" + key + "` " + problem);
    }
  }
}
