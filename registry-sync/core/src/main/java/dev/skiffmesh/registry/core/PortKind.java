package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ServicePort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is spoken on a port, in the words of Spring Cloud, Dubbo and gRPC's starters.
 *
 * <p>Registries know instances' ports and no service's. A service's port is named after what is
 * spoken there, is numbered with that protocol's customary number, and stands for every instance
 * that has one of that name, whatever its own number.
 */
public enum PortKind {
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
  /** Anything else; the lowest of the instances' numbers is taken. */
  TCP("tcp", 0, Protocol.TCP),
  /** Spring Boot's actuator on a port of its own; last, so that no call goes there unasked. */
  MANAGEMENT("management", 0, Protocol.HTTP);

  /** The greatest port that there is. */
  public static final int HIGHEST = 65_535;

  /**
   * Metadata that names a further port of the same process: gRPC's starter for Spring, actuator.
   */
  public static final SortedMap<String, PortKind> FURTHER =
      Immutable.sortedMap(
          Map.of("gRPC_port", GRPC, "gRPC.port", GRPC, "management.port", MANAGEMENT));

  /** HTTP/2's number where HTTP/1.1 has 80: the customary alternative of IANA's list. */
  private static final int SECOND_HTTP = 8080;

  /**
   * Words of Spring Cloud, Dubbo (its protocols' names) and Istio (its port names, whose {@code
   * grpc-web} is HTTP/1.1 to the application), in lower case.
   */
  private static final SortedMap<String, PortKind> WORDS =
      words(
          Map.of(
              HTTP, List.of("http", "http1", "http/1.1", "rest", "grpc-web", "ws"),
              HTTPS, List.of("https", "tls", "wss"),
              HTTP2, List.of("http2", "h2c", "h2"),
              GRPC, List.of("grpc", "tri", "triple"),
              DUBBO, List.of("dubbo"),
              TCP, List.of("tcp", "udp", "kafka", "mongo", "mysql", "redis", "rmi", "thrift")));

  private final String portName;
  private final int customary;
  private final Protocol protocol;

  PortKind(String portName, int customary, Protocol protocol) {
    this.portName = portName;
    this.customary = customary;
    this.protocol = protocol;
  }

  /** The port's name in services and endpoints. */
  public String portName() {
    return portName;
  }

  /** What is spoken there, to a proxy. */
  public Protocol protocol() {
    return protocol;
  }

  /** What a registered word for a protocol means; HTTP where there is none. */
  public static PortKind of(String word) {
    return word.isEmpty() ? HTTP : known(word).orElse(TCP);
  }

  /**
   * The same for a word that is there; empty for one that nobody here knows, of which nobody can
   * tell whether it is HTTP in another dress.
   */
  public static Optional<PortKind> known(String word) {
    return Optional.ofNullable(WORDS.get(word.toLowerCase(Locale.ROOT)));
  }

  /** All words that are known, for messages. */
  public static String words() {
    return String.join(", ", WORDS.keySet());
  }

  /** Tells whether a number can be a port. */
  public static boolean isPort(long number) {
    return number >= 1 && number <= HIGHEST;
  }

  /**
   * A service's ports, from those of all its endpoints and in the order of their numbers, the
   * management port last.
   *
   * @param endpoints their {@link Endpoint#ports()} have the names of {@link #portName()}
   */
  public static List<ServicePort> ofService(Collection<Endpoint> endpoints) {
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
          int number = kind.number(port, taken);
          taken.add(number);
          ports.add(new ServicePort(kind.portName, number, kind.protocol));
        });
    ports.sort(
        Comparator.comparing((ServicePort port) -> port.name().equals(MANAGEMENT.portName))
            .thenComparingInt(ServicePort::number));
    return ports;
  }

  private static SortedMap<String, PortKind> words(Map<PortKind, List<String>> ofKinds) {
    SortedMap<String, PortKind> words = new TreeMap<>();
    ofKinds.forEach((kind, some) -> some.forEach(word -> words.put(word, kind)));
    return Collections.unmodifiableSortedMap(words);
  }

  private int number(int lowestOfInstances, Set<Integer> taken) {
    int number = customary == 0 ? lowestOfInstances : customary;
    if (this == HTTP2 && taken.contains(number)) {
      number = SECOND_HTTP;
    }
    while (taken.contains(number)) {
      number = number == HIGHEST ? 1 : number + 1;
    }
    return number;
  }
}
