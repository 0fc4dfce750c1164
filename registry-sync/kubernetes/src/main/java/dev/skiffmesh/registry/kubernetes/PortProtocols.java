package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.registry.core.PortKind;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Port;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is spoken on a port of a Kubernetes Service: what {@code appProtocol} says (KEP-1507,
 * KEP-3726), else the beginning of the port's name ({@code grpc}, {@code http-web}, {@code
 * grpc-web}, as Istio reads it), else what is customary on the number. Pure.
 */
final class PortProtocols {

  /** Who may define words for {@code appProtocol} that are the plain ones. */
  private static final List<String> PREFIXES = List.of("kubernetes.io/", "skiffmesh.dev/");

  /**
   * Numbers of the IANA registry and of common servers where HTTP is not what is spoken: FTP, SSH,
   * Telnet, SMTP, DNS, POP3, IMAP, LDAP, HTTPS, SMB, SMTPS, DoT, LDAPS, IMAPS, POP3S, SQL Server,
   * Oracle, ZooKeeper, etcd, MySQL, RDP, PostgreSQL, AMQP, Redis, Kafka, Cassandra, memcached,
   * MongoDB.
   */
  private static final Set<Integer> OTHER_THAN_HTTP =
      Set.of(
          21, 22, 23, 25, 53, 110, 143, 389, 443, 445, 465, 587, 636, 853, 993, 995, 1433, 1521,
          2181, 2379, 2380, 3306, 3389, 5432, 5671, 5672, 6379, 8443, 9042, 9092, 9093, 11211,
          27017);

  private static final int DUBBO = 20_880;
  private static final int GRPC = 50_051;

  private PortProtocols() {}

  /** What is spoken there. */
  static Protocol of(Port port) {
    if (!port.appProtocol().isEmpty()) {
      // Where Skiff does not know the word, somebody means something that Skiff does not speak.
      return said(port).map(PortKind::protocol).orElse(Protocol.TCP);
    }
    return named(port.name()).map(PortKind::protocol).orElseGet(() -> customary(port.number()));
  }

  /** Tells whether nobody here knows what its user says is spoken there. */
  static boolean isUnknown(Port port) {
    return !port.appProtocol().isEmpty() && said(port).isEmpty();
  }

  private static Optional<PortKind> said(Port port) {
    String word = port.appProtocol().toLowerCase(Locale.ROOT);
    for (String prefix : PREFIXES) {
      if (word.startsWith(prefix)) {
        return PortKind.known(word.substring(prefix.length()));
      }
    }
    return PortKind.known(word);
  }

  /** By the longest known word that the name begins with: {@code grpc-web-api} is no gRPC. */
  private static Optional<PortKind> named(String name) {
    for (int end = name.length(); end > 0; end = name.lastIndexOf('-', end - 1)) {
      Optional<PortKind> known = PortKind.known(name.substring(0, end));
      if (known.isPresent()) {
        return known;
      }
    }
    return Optional.empty();
  }

  private static Protocol customary(int number) {
    return switch (number) {
      case DUBBO -> Protocol.DUBBO;
      case GRPC -> Protocol.GRPC;
      default -> OTHER_THAN_HTTP.contains(number) ? Protocol.TCP : Protocol.HTTP;
    };
  }
}
