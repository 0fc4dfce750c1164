package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import java.math.BigDecimal;
import java.util.Map;
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

  private static final String WEIGHT = "weight";

  /** What has a field of its own, or is a serializer's. */
  private static final Set<String> CONTROL_DATA = Set.of(WEIGHT, "@class");

  /** Copies the metadata. */
  public CloudInstance {
    metadata = Immutable.sortedMap(metadata);
  }

  /**
   * What the mesh makes of it.
   *
   * @param source the name of the source, part of the endpoint's key
   * @throws MalformedEntryException if it cannot be called as it is registered
   */
  public Endpoint endpoint(String source) throws MalformedEntryException {
    String own = value("zone").isEmpty() ? zone : value("zone");
    String decimal = value(WEIGHT);
    Locality locality =
        new Locality(value("region").intern(), own.intern(), value("subzone").intern());
    return new Endpoint(
        new EndpointKey(source, "", id),
        EntryValues.address(address),
        ports(),
        decimal.isEmpty() ? weight : EntryValues.weight(decimal),
        health,
        enabled,
        locality.equals(Locality.UNKNOWN) ? Locality.UNKNOWN : locality,
        labels());
  }

  private SortedMap<String, Integer> ports() throws MalformedEntryException {
    if (port == 0 && securePort == 0) {
      throw new MalformedEntryException("must have a port");
    }
    SortedMap<String, Integer> ports = new TreeMap<>();
    if (port != 0) {
      PortKind kind = PortKind.of(value("protocol"));
      boolean tls = value("secure").equalsIgnoreCase("true");
      ports.put(
          (tls && kind == PortKind.HTTP ? PortKind.HTTPS : kind).portName(),
          EntryValues.port("port", String.valueOf(port)));
    }
    if (securePort != 0) {
      ports.putIfAbsent(
          PortKind.HTTPS.portName(), EntryValues.port("securePort", String.valueOf(securePort)));
    }
    for (Map.Entry<String, PortKind> further : PortKind.FURTHER.entrySet()) {
      String text = value(further.getKey());
      if (!text.isEmpty()) {
        int number = EntryValues.port(further.getKey(), text);
        if (!ports.containsValue(number)) {
          ports.putIfAbsent(further.getValue().portName(), number);
        }
      }
    }
    return ports;
  }

  /** Interned, since the same few stand at hundreds of thousands of instances. */
  private SortedMap<String, String> labels() {
    SortedMap<String, String> labels = new TreeMap<>();
    metadata.forEach(
        (key, value) -> {
          if (!CONTROL_DATA.contains(key)) {
            labels.put(key.intern(), value.intern());
          }
        });
    return labels;
  }

  private String value(String key) {
    return metadata.getOrDefault(key, "").strip();
  }
}
