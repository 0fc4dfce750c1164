package dev.skiffmesh.server.status;

import java.time.Instant;
import java.util.List;

/**
 * One change of the world and what proxies were given because of it. Immutable.
 *
 * @param at when it took effect
 * @param cause what has changed, in words
 * @param proxies how many proxies were given something
 * @param someProxies the ids of the first of them
 * @param kinds what they were given, by resource type in xDS order
 */
public record PushedChange(
    Instant at, String cause, int proxies, List<String> someProxies, List<Kind> kinds) {

  /** Copies the lists. */
  public PushedChange {
    someProxies = List.copyOf(someProxies);
    kinds = List.copyOf(kinds);
  }

  /**
   * Resources of one type.
   *
   * @param type its short name
   * @param changed how many names have a new content, over all proxies
   * @param removed how many names are gone, over all proxies
   * @param someNames the first of both, in order; what is gone has a {@code -} before it
   */
  public record Kind(String type, int changed, int removed, List<String> someNames) {

    /** Copies the names. */
    public Kind {
      someNames = List.copyOf(someNames);
    }
  }
}
