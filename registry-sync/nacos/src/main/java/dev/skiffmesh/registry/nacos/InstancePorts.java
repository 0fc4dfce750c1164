package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.registry.core.InstanceMetadata;
import dev.skiffmesh.registry.core.PortKind;
import dev.skiffmesh.registry.nacos.DubboMetadata.ProtocolPort;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which ports an instance serves; {@link PortKind} says which ones its service therefore has. Pure.
 */
final class InstancePorts {

  private InstancePorts() {}

  /**
   * The instance's own port numbers by port name: its main port under its protocol's.
   *
   * @param service the service's name in Nacos; Dubbo's names tell the protocol where the metadata
   *     does not
   */
  static SortedMap<String, Integer> of(
      String service, RegisteredInstance instance, InstanceMetadata said) {
    PortKind usual = DubboMetadata.isInterface(service) ? PortKind.DUBBO : PortKind.HTTP;
    SortedMap<String, Integer> ports = new TreeMap<>();
    ports.put(said.mainKind(usual).portName(), instance.port());
    return ports;
  }

  /**
   * The ports of an instance that Dubbo registered by application: those that it lists. Where it
   * lists two of one protocol (its metadata service may have one of its own, dubbo#9895), the one
   * under which it is registered counts, else the lower one.
   */
  static SortedMap<String, Integer> ofApplication(
      RegisteredInstance instance, List<ProtocolPort> listed) {
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
    return ports;
  }

  /** What a port is called where this is spoken. */
  static String portName(String protocol) {
    return PortKind.of(protocol).portName();
  }
}
