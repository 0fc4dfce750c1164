package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.registry.core.PortKind;
import java.math.BigDecimal;
import java.util.SortedMap;

/**
 * One instance as a node tells of it, already checked.
 *
 * @param service what its service is called in ZooKeeper
 * @param address an IP address
 * @param port the one under which it is registered; with the address it is its identity
 * @param ports its port numbers by {@link PortKind#portName()}
 * @param since when it was registered, in milliseconds; of two nodes with one address and port the
 *     newer counts
 * @param metadata all that was registered
 * @param labels what of it is no control data
 */
record RegisteredInstance(
    String service,
    String address,
    int port,
    SortedMap<String, Integer> ports,
    BigDecimal weight,
    Health health,
    boolean enabled,
    long since,
    SortedMap<String, String> metadata,
    SortedMap<String, String> labels) {

  RegisteredInstance {
    ports = Immutable.sortedMap(ports);
    metadata = Immutable.sortedMap(metadata);
    labels = Immutable.sortedMap(labels);
  }

  /** The value of a key, or the empty string. */
  String metadata(String key) {
    return metadata.getOrDefault(key, "").strip();
  }
}
