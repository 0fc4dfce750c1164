package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Port;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What is spoken on a port of a Kubernetes Service: what {@code appProtocol} says (KEP-1507,
 * KEP-3726), else the beginning of the port's name ({@code grpc}, {@code http-web}, as Istio reads
 * it), else what is customary on the number. Pure.
 */
final class PortProtocols {

  private static final Map<String, Protocol> WORDS =
      Map.ofEntries(
          Map.entry("http", Protocol.HTTP),
          Map.entry("ws", Protocol.HTTP),
          Map.entry("kubernetes.io/ws", Protocol.HTTP),
          Map.entry("http2", Protocol.HTTP2),
          Map.entry("h2c", Protocol.HTTP2),
          Map.entry("kubernetes.io/h2c", Protocol.HTTP2),
          Map.entry("grpc", Protocol.GRPC),
          Map.entry("dubbo", Protocol.DUBBO),
          Map.entry("skiffmesh.dev/dubbo", Protocol.DUBBO),
          // TLS that the application ends itself is bytes to a proxy.
          Map.entry("https", Protocol.TCP),
          Map.entry("tls", Protocol.TCP),
          Map.entry("kubernetes.io/wss", Protocol.TCP),
          Map.entry("tcp", Protocol.TCP),
          Map.entry("mongo", Protocol.TCP),
          Map.entry("mysql", Protocol.TCP),
          Map.entry("redis", Protocol.TCP),
          Map.entry("kafka", Protocol.TCP));

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

  static Protocol of(Port port) {
    Protocol said = WORDS.get(port.appProtocol().toLowerCase(Locale.ROOT));
    if (said != null) {
      return said;
    }
    if (!port.appProtocol().isEmpty()) {
      // Somebody means something that Skiff does not speak.
      return Protocol.TCP;
    }
    int dash = port.name().indexOf('-');
    Protocol named = WORDS.get(dash < 0 ? port.name() : port.name().substring(0, dash));
    return named == null ? customary(port.number()) : named;
  }

  private static Protocol customary(int number) {
    return switch (number) {
      case DUBBO -> Protocol.DUBBO;
      case GRPC -> Protocol.GRPC;
      default -> OTHER_THAN_HTTP.contains(number) ? Protocol.TCP : Protocol.HTTP;
    };
  }
}
