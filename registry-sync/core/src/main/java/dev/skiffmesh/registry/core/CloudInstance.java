package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An instance as Spring Cloud's registries know it: an address, a port or two, a status, and
 * metadata that says the rest in words that are the same in all of them.
 *
 * @param id what the registry tells it from the service's other instances by
 * @param address as registered
 * @param port 0 for none
 * @param securePort a port for TLS beside it, or instead of it; 0 for none
 * @param weight where the metadata has none
 * @param health what the registry says
 * @param enabled false if an operator took it out
 * @param zone where the metadata has none, or empty
 * @param metadata as registered
 */
public record CloudInstance(
    String id,
    String address,
    int port,
    int securePort,
    BigDecimal weight,
    Health health,
    boolean enabled,
    String zone,
    SortedMap<String, String> metadata) {

  /** What has a field of its own, or is a serializer's. */
  private static final Set<String> CONTROL_DATA = Set.of("weight", "@class");

  /** Copies the metadata. */
  public CloudInstance {
    metadata = Immutable.sortedMap(metadata);
  }

  /**
   * What the mesh makes of it.
   *
   * @param endpoint how it is called
   * @param problems what it says beside and nobody can use, as parts of sentences
   */
  public record Mapped(Endpoint endpoint, List<String> problems) {
    /** Copies the problems. */
    public Mapped {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads it.
   *
   * @param source the name of the source, part of the endpoint's key
   * @throws MalformedEntryException if it cannot be called as it is registered
   */
  public Mapped mapped(String source) throws MalformedEntryException {
    InstanceMetadata said = new InstanceMetadata(metadata);
    boolean isDubbo = DubboWords.areIn(metadata);
    String called = EntryValues.address("address", address);
    Endpoint endpoint =
        new Endpoint(
            new EndpointKey(source, "", id),
            called,
            ports(said),
            said.weight(weight),
            health,
            enabled && !(isDubbo && DubboWords.areOfOneTakenOut(metadata)),
            said.locality(zone),
            said.labels(
                key -> CONTROL_DATA.contains(key) || (isDubbo && DubboWords.isControlData(key))),
            said.furtherAddresses(called));
    return new Mapped(endpoint, said.problems());
  }

  /** One of both ports is enough; where the other cannot be used it is left out. */
  private SortedMap<String, Integer> ports(InstanceMetadata said) throws MalformedEntryException {
    if (port == 0 && securePort == 0) {
      throw new MalformedEntryException("must have a port");
    }
    SortedMap<String, Integer> ports = new TreeMap<>();
    if (port != 0 && isUsable("port", port, securePort, said)) {
      ports.put(said.mainKind().portName(), port);
    }
    if (securePort != 0 && isUsable("securePort", securePort, port, said)) {
      ports.putIfAbsent(PortKind.HTTPS.portName(), securePort);
    }
    said.addFurtherPorts(ports);
    return ports;
  }

  private static boolean isUsable(String field, int number, int other, InstanceMetadata said)
      throws MalformedEntryException {
    if (PortKind.isPort(number)) {
      return true;
    }
    if (!PortKind.isPort(other)) {
      EntryValues.port(field, String.valueOf(number));
    }
    said.ignored("`" + field + "` must be from 1 to 65535, found '" + number + "'", "without it");
    return false;
  }
}
