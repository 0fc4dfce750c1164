package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import org.jspecify.annotations.Nullable;

/** What a proxy should have under a name. */
sealed interface Target {

  /** The version to be accepted; null if the proxy should have nothing. */
  default @Nullable String version() {
    return null;
  }

  /**
   * A resource.
   *
   * @param standIn true if the name does not exist and the type has no better way to say so
   */
  record Body(Resource resource, boolean standIn) implements Target {
    @Override
    public String version() {
      return resource.version();
    }
  }

  /** It is to be told that the name does not exist, by a removal. */
  record Gone() implements Target {
    static final Gone INSTANCE = new Gone();
  }

  /** It is to be told that the name does not exist, by an alias to itself. */
  record Alias() implements Target {
    static final Alias INSTANCE = new Alias();
  }

  /** It exists in the mesh but is not sent yet: the next snapshot decides. */
  record Awaited() implements Target {
    static final Awaited INSTANCE = new Awaited();
  }

  /**
   * It is another name of a virtual host, whose next answer carries it.
   *
   * @param host the virtual host's own name
   */
  record Rides(String host) implements Target {}

  /** It has what it should have. */
  record Same() implements Target {
    static final Same INSTANCE = new Same();
  }
}
