package dev.skiffmesh.registry.eureka;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.Login;
import dev.skiffmesh.registry.core.PemTls;
import dev.skiffmesh.registry.core.ServerAddress;
import dev.skiffmesh.registry.core.SourceSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * What a Eureka source reads. Immutable; a value that makes no sense is refused with an {@link
 * IllegalArgumentException} whose message names the configuration's key.
 *
 * @param name the source's name, unique among the sources
 * @param servers peers with equal content, asked in this order: {@code http://10.0.0.1:8761/eureka}
 * @param namespace the mesh namespace of all its services
 * @param credentials for HTTP's basic authentication
 * @param tls for servers of {@code https}
 * @param timing how often and how long
 */
public record EurekaSettings(
    String name, List<URI> servers, String namespace, Login credentials, PemTls tls, Timing timing)
    implements SourceSettings {

  /** Checks what can be checked without a server. */
  public EurekaSettings {
    SourceSettings.require(!name.isBlank(), "name", "must not be empty");
    SourceSettings.require(!servers.isEmpty(), "servers", "must name at least one server");
    servers =
        servers.stream()
            .map(
                one ->
                    ServerAddress.http(
                        "servers", one, "http://10.0.0.1:8761/eureka", "`username` and `password`"))
            .toList();
    credentials = credentials.withoutColon();
    SourceSettings.require(
        ServiceId.isLabel(namespace),
        "namespace",
        "must be a DNS label, found '" + namespace + "'");
  }

  @Override
  public Source source() {
    return new EurekaSource(this);
  }

  /** One server without login or TLS. */
  public static EurekaSettings of(String name, String server) {
    return new EurekaSettings(
        name, List.of(URI.create(server)), "default", Login.NONE, PemTls.SYSTEM, Timing.DEFAULT);
  }

  /** With other servers. */
  public EurekaSettings withServers(List<URI> others) {
    return new EurekaSettings(name, others, namespace, credentials, tls, timing);
  }

  /** With a login. */
  public EurekaSettings withCredentials(Login other) {
    return new EurekaSettings(name, servers, namespace, other, tls, timing);
  }

  /** With another timing. */
  public EurekaSettings withTiming(Timing other) {
    return new EurekaSettings(name, servers, namespace, credentials, tls, other);
  }

  /**
   * How often and how long.
   *
   * @param poll between two questions
   * @param answer within which a question must be answered, or the server counts as lost
   */
  public record Timing(Duration poll, Duration answer) {

    /** Five and ten seconds. */
    public static final Timing DEFAULT = new Timing(Duration.ofSeconds(5), Duration.ofSeconds(10));

    /** Refuses what would never or always be a loss. */
    public Timing {
      SourceSettings.require(poll.isPositive(), "poll-interval", "must be more than 0");
      SourceSettings.require(answer.isPositive(), "answer-timeout", "must be more than 0");
    }
  }
}
