package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.Immutable;
import java.util.List;
import java.util.SortedMap;

/**
 * What a Nacos server says of one service at one time.
 *
 * @param group the service's group
 * @param service the service's name, without its group
 * @param instances all of them, except those that Nacos leaves out because they are disabled
 * @param isProtected Nacos's protect threshold is reached: it reports every instance as healthy
 * @param serverTime when the server made this answer, in its own milliseconds; orders answers of
 *     one connection
 */
record Registration(
    String group,
    String service,
    List<RegisteredInstance> instances,
    boolean isProtected,
    long serverTime) {

  Registration {
    instances = List.copyOf(instances);
  }

  /**
   * One instance as it was registered, which may make no sense.
   *
   * @param ip anything; empty if there is none
   * @param port any number
   * @param weight any number, also not-a-number
   * @param cluster Nacos's grouping within a service; may be empty
   * @param metadata without null keys and values
   */
  record RegisteredInstance(
      String ip,
      int port,
      double weight,
      boolean healthy,
      boolean enabled,
      String cluster,
      SortedMap<String, String> metadata) {

    RegisteredInstance {
      metadata = Immutable.sortedMap(metadata);
    }

    /** The value of a key, or the empty string. */
    String metadata(String key) {
      return metadata.getOrDefault(key, "").strip();
    }
  }
}
