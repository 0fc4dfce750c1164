package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.registry.core.PortKind;
import dev.skiffmesh.registry.nacos.DubboMetadata.ProtocolPort;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which ports an instance serves; {@link PortKind} says which ones its service therefore has. Pure.
 */
final class InstancePorts {

  private static final String PROTOCOL = "protocol";
  private static final String SECURE = "secure";

  private InstancePorts() {}

  /**
   * The instance's own port numbers by port name: its main port under its protocol's, and further
   * ones beside it, as far as they differ from it and nothing else has their name.
   *
   * @param service the service's name in Nacos; Dubbo's names tell the protocol where the metadata
   *     does not
   * @param further ports that the metadata names, by {@link PortKind#FURTHER}, in the order of
   *     their kinds
   */
  static SortedMap<String, Integer> of(
      String service, RegisteredInstance instance, Map<PortKind, Integer> further) {
    SortedMap<String, Integer> ports = new TreeMap<>();
    ports.put(kind(service, instance).portName(), instance.port());
    addFurther(ports, further);
    return ports;
  }

  /**
   * The ports of an instance that Dubbo registered by application: those that it lists. Where it
   * lists two of one protocol (its metadata service may have one of its own, dubbo#9895), the one
   * under which it is registered counts, else the lower one.
   */
  static SortedMap<String, Integer> ofApplication(
      RegisteredInstance instance, List<ProtocolPort> listed, Map<PortKind, Integer> further) {
    SortedMap<String, Integer> ports = new TreeMap<>();
    for (ProtocolPort port : listed) {
      ports.merge(
          portName(port.protocol()),
          port.port(),
          (one, other) ->
              one == instance.port() || other == instance.port()
                  ? (Integer) instance.port()
                  : (Integer) Math.min(one, other));
    }
    addFurther(ports, further);
    return ports;
  }

  private static void addFurther(SortedMap<String, Integer> ports, Map<PortKind, Integer> further) {
    further.forEach(
        (kind, port) -> {
          if (!ports.containsValue(port)) {
            ports.putIfAbsent(kind.portName(), port);
          }
        });
  }

  /** What a port is called where this is spoken. */
  static String portName(String protocol) {
    return PortKind.of(protocol).portName();
  }

  private static PortKind kind(String service, RegisteredInstance instance) {
    String word = instance.metadata(PROTOCOL);
    PortKind kind =
        word.isEmpty() && DubboMetadata.isInterface(service) ? PortKind.DUBBO : PortKind.of(word);
    boolean secure = "true".equalsIgnoreCase(instance.metadata(SECURE));
    return secure && kind == PortKind.HTTP ? PortKind.HTTPS : kind;
  }
}
