package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.registry.core.PortKind;
import java.math.BigDecimal;
import java.util.List;
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
 * @param labels what of its metadata is no control data
 * @param furtherAddresses of the same instance, in the other family
 * @param problems what it says beside and nobody can use, as parts of sentences
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
    Locality locality,
    SortedMap<String, String> labels,
    List<String> furtherAddresses,
    List<String> problems) {

  RegisteredInstance {
    ports = Immutable.sortedMap(ports);
    labels = Immutable.sortedMap(labels);
    furtherAddresses = List.copyOf(furtherAddresses);
    problems = List.copyOf(problems);
  }
}
