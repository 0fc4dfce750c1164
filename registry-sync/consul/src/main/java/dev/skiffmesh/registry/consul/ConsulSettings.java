package dev.skiffmesh.registry.consul;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.PemTls;
import dev.skiffmesh.registry.core.ServerAddress;
import dev.skiffmesh.registry.core.SourceSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * What a Consul source reads. Immutable; a value that makes no sense is refused with an {@link
 * IllegalArgumentException} whose message names the configuration's key.
 *
 * @param name the source's name, unique among the sources
 * @param servers agents of one datacenter, asked in this order: {@code http://127.0.0.1:8500}
 * @param datacenter whose services are read; empty for the agent's own
 * @param namespace the mesh namespace of all its services
 * @param token for Consul's ACLs, never printed; empty for none
 * @param tls for agents of {@code https}
 * @param timing how often and how long
 */
public record ConsulSettings(
    String name,
    List<URI> servers,
    String datacenter,
    String namespace,
    String token,
    PemTls tls,
    Timing timing)
    implements SourceSettings {

  /** Checks what can be checked without an agent. */
  public ConsulSettings {
    SourceSettings.require(!name.isBlank(), "name", "must not be empty");
    SourceSettings.require(!servers.isEmpty(), "servers", "must name at least one agent");
    servers =
        servers.stream()
            .map(one -> ServerAddress.http("servers", one, "http://127.0.0.1:8500", "`token`"))
            .toList();
    SourceSettings.require(
        datacenter.matches("[A-Za-z0-9_-]*"),
        "datacenter",
        "must be letters, digits, '-' and '_', found '" + datacenter + "'");
    SourceSettings.require(
        ServiceId.isLabel(namespace),
        "namespace",
        "must be a DNS label, found '" + namespace + "'");
  }

  @Override
  public Source source() {
    return new ConsulSource(this);
  }

  /** One agent without token or TLS. */
  public static ConsulSettings of(String name, String server) {
    return new ConsulSettings(
        name, List.of(URI.create(server)), "", "default", "", PemTls.SYSTEM, Timing.DEFAULT);
  }

  /** With a token. */
  public ConsulSettings withToken(String other) {
    return new ConsulSettings(name, servers, datacenter, namespace, other, tls, timing);
  }

  /** With another timing. */
  public ConsulSettings withTiming(Timing other) {
    return new ConsulSettings(name, servers, datacenter, namespace, token, tls, other);
  }

  @Override
  public String toString() {
    return "ConsulSettings[name=" + name + ", servers=" + servers + "]";
  }

  /**
   * How often and how long.
   *
   * @param probe between two questions whether the agent is still there
   * @param answer within which a question must be answered, or the agent counts as lost
   * @param blocking how long a blocking query may stay without an answer
   */
  public record Timing(Duration probe, Duration answer, Duration blocking) {

    /** Two and ten seconds, and five minutes, which is Consul's own default. */
    public static final Timing DEFAULT =
        new Timing(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofMinutes(5));

    /** Refuses what would never or always be a loss. */
    public Timing {
      SourceSettings.require(probe.isPositive(), "probe-interval", "must be more than 0");
      SourceSettings.require(answer.isPositive(), "answer-timeout", "must be more than 0");
      SourceSettings.require(blocking.toMillis() >= 1, "wait", "must be at least 1 ms");
    }
  }
}
