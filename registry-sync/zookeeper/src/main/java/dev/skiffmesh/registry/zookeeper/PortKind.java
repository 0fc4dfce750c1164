package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ServicePort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What is spoken on a port. ZooKeeper knows instances' ports and no service's, so that a service's
 * port is named and numbered after it.
 */
enum PortKind {
  /** HTTP/1.1. */
  HTTP("http", 80, Protocol.HTTP),
  /** HTTP over TLS that the application itself ends: bytes to a proxy. */
  HTTPS("https", 443, Protocol.TCP),
  /** HTTP/2 with prior knowledge. */
  HTTP2("http2", 80, Protocol.HTTP2),
  /** gRPC, and Dubbo's Triple, which is gRPC on the wire. */
  GRPC("grpc", 50_051, Protocol.GRPC),
  /** The Dubbo 2 protocol. */
  DUBBO("dubbo", 20_880, Protocol.DUBBO),
  /** Anything else; the lowest of the instances' numbers is taken. */
  TCP("tcp", 0, Protocol.TCP),
  /** Spring Boot's actuator on a port of its own; last, so that no call goes there unasked. */
  MANAGEMENT("management", 0, Protocol.HTTP);

  /** The greatest port that there is. */
  static final int HIGHEST = 65_535;

  private final String portName;
  private final int customary;
  private final Protocol protocol;

  PortKind(String portName, int customary, Protocol protocol) {
    this.portName = portName;
    this.customary = customary;
    this.protocol = protocol;
  }

  /** The port's name in services and endpoints. */
  String portName() {
    return portName;
  }

  /** What a registered word for a protocol means; HTTP where there is none. */
  static PortKind of(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "", "http", "http1", "http/1.1", "rest" -> HTTP;
      case "https" -> HTTPS;
      case "http2", "h2c", "h2" -> HTTP2;
      case "grpc", "tri", "triple" -> GRPC;
      case "dubbo" -> DUBBO;
      default -> TCP;
    };
  }

  /** Tells whether a number can be a port. */
  static boolean isPort(long number) {
    return number >= 1 && number <= HIGHEST;
  }

  /** A service's ports in the order of their numbers, the management port last. */
  static List<ServicePort> ofService(Collection<Endpoint> endpoints) {
    Map<PortKind, Integer> lowest = new EnumMap<>(PortKind.class);
    for (Endpoint endpoint : endpoints) {
      for (PortKind kind : values()) {
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
          int number = kind.customary == 0 ? port : kind.customary;
          while (!taken.add(number)) {
            number = number == HIGHEST ? 1 : number + 1;
          }
          ports.add(new ServicePort(kind.portName, number, kind.protocol));
        });
    ports.sort(
        Comparator.comparing((ServicePort port) -> port.name().equals(MANAGEMENT.portName))
            .thenComparingInt(ServicePort::number));
    return ports;
  }
}
