package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.registry.nacos.DubboMetadata.ProtocolPort;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which ports an instance serves, and which ports a service therefore has. Pure.
 *
 * <p>Nacos knows instances' ports and no service's. A service port is named after what is spoken
 * there, is numbered with that protocol's customary number, and stands for every instance that has
 * one of that name, whatever its own number.
 */
final class InstancePorts {

  /** What is spoken on a port, in the words of Spring Cloud, Dubbo and gRPC's starters. */
  enum Kind {
    /** HTTP/1.1. */
    HTTP("http", 80, Protocol.HTTP),
    /** HTTP over TLS that the application itself ends: bytes to a proxy. */
    HTTPS("https", 443, Protocol.TCP),
    /** HTTP/2 with prior knowledge; 80 is HTTP/1.1's where a service has both. */
    HTTP2("http2", 80, Protocol.HTTP2),
    /** gRPC, and Dubbo's Triple, which is gRPC on the wire. */
    GRPC("grpc", 50_051, Protocol.GRPC),
    /** The Dubbo 2 protocol. */
    DUBBO("dubbo", 20_880, Protocol.DUBBO),
    /** Anything else; there is no customary number, so the lowest of the instances' is taken. */
    TCP("tcp", 0, Protocol.TCP),
    /**
     * Spring Boot's actuator on a port of its own; last, so that no call without a port goes there.
     */
    MANAGEMENT("management", 0, Protocol.HTTP);

    private final String portName;
    private final int customaryNumber;
    private final Protocol protocol;

    Kind(String portName, int customaryNumber, Protocol protocol) {
      this.portName = portName;
      this.customaryNumber = customaryNumber;
      this.protocol = protocol;
    }
  }

  /** The greatest port that there is. */
  static final int HIGHEST_PORT = 65_535;

  /**
   * Metadata that names a further port of the same process: gRPC's starter for Spring, actuator.
   */
  static final SortedMap<String, Kind> FURTHER =
      Immutable.sortedMap(
          Map.of(
              "gRPC_port", Kind.GRPC, "gRPC.port", Kind.GRPC, "management.port", Kind.MANAGEMENT));

  private static final String PROTOCOL = "protocol";
  private static final String SECURE = "secure";

  /** HTTP/2's number where HTTP/1.1 has 80: the customary alternative of IANA's list. */
  private static final int SECOND_HTTP = 8080;

  private InstancePorts() {}

  /**
   * The instance's own port numbers by port name: its main port under its protocol's, and further
   * ones beside it, as far as they differ from it and nothing else has their name.
   *
   * @param service the service's name in Nacos; Dubbo's names tell the protocol where the metadata
   *     does not
   * @param further ports that the metadata names, by {@link #FURTHER}, in the order of their kinds
   */
  static SortedMap<String, Integer> of(
      String service, RegisteredInstance instance, Map<Kind, Integer> further) {
    SortedMap<String, Integer> ports = new TreeMap<>();
    ports.put(kind(service, instance).portName, instance.port());
    addFurther(ports, further);
    return ports;
  }

  /**
   * The ports of an instance that Dubbo registered by application: those that it lists. Where it
   * lists two of one protocol (its metadata service may have one of its own, dubbo#9895), the one
   * under which it is registered counts, else the lower one.
   */
  static SortedMap<String, Integer> ofApplication(
      RegisteredInstance instance, List<ProtocolPort> listed, Map<Kind, Integer> further) {
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

  private static void addFurther(SortedMap<String, Integer> ports, Map<Kind, Integer> further) {
    further.forEach(
        (kind, port) -> {
          if (!ports.containsValue(port)) {
            ports.putIfAbsent(kind.portName, port);
          }
        });
  }

  /** What a port is called where this is spoken. */
  static String portName(String protocol) {
    return kind(protocol).portName;
  }

  /**
   * The service's ports, from those of all its endpoints and in the order of their numbers, the
   * management port last.
   *
   * @param endpoints their {@link Endpoint#ports()} are named as {@link #of} does
   */
  static List<ServicePort> ofService(Collection<Endpoint> endpoints) {
    Map<Kind, Integer> lowest = new EnumMap<>(Kind.class);
    for (Endpoint endpoint : endpoints) {
      for (Kind kind : Kind.values()) {
        Integer port = endpoint.ports().get(kind.portName);
        if (port != null) {
          lowest.merge(kind, port, Math::min);
        }
      }
    }
    Set<Integer> taken = new HashSet<>();
    List<ServicePort> ports = new ArrayList<>();
    lowest.forEach(
        (kind, port) -> {
          int number = number(kind, port, taken);
          taken.add(number);
          ports.add(new ServicePort(kind.portName, number, kind.protocol));
        });
    ports.sort(
        Comparator.comparing((ServicePort port) -> port.name().equals(Kind.MANAGEMENT.portName))
            .thenComparingInt(ServicePort::number));
    return ports;
  }

  private static int number(Kind kind, int lowestOfInstances, Set<Integer> taken) {
    int number = kind.customaryNumber == 0 ? lowestOfInstances : kind.customaryNumber;
    if (kind == Kind.HTTP2 && taken.contains(number)) {
      number = SECOND_HTTP;
    }
    while (taken.contains(number)) {
      number = number == HIGHEST_PORT ? 1 : number + 1;
    }
    return number;
  }

  private static Kind kind(String service, RegisteredInstance instance) {
    String word = instance.metadata(PROTOCOL);
    Kind kind = word.isEmpty() && DubboMetadata.isInterface(service) ? Kind.DUBBO : kind(word);
    boolean secure = "true".equalsIgnoreCase(instance.metadata(SECURE));
    return secure && kind == Kind.HTTP ? Kind.HTTPS : kind;
  }

  private static Kind kind(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "", "http", "http1", "http/1.1", "rest" -> Kind.HTTP;
      case "https" -> Kind.HTTPS;
      case "http2", "h2c", "h2" -> Kind.HTTP2;
      case "grpc", "tri", "triple" -> Kind.GRPC;
      case "dubbo" -> Kind.DUBBO;
      default -> Kind.TCP;
    };
  }
}
