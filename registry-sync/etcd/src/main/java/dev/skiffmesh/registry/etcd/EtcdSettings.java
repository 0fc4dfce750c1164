package dev.skiffmesh.registry.etcd;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.Login;
import dev.skiffmesh.registry.core.PemTls;
import dev.skiffmesh.registry.core.ServerAddress;
import dev.skiffmesh.registry.core.SourceSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * What an etcd source reads. Immutable; a value that makes no sense is refused with an {@link
 * IllegalArgumentException} whose message names the configuration's key.
 *
 * @param name the source's name, unique among the sources
 * @param endpoints of the cluster's members: {@code http://10.0.0.1:2379}, {@code https://...}
 * @param prefix of the keys that are read; each key is one portion
 * @param credentials how to log in
 * @param tls for {@code https} endpoints; read again at each connection, so that renewed
 *     certificates are taken
 * @param timing how often and how long
 */
public record EtcdSettings(
    String name, List<URI> endpoints, String prefix, Login credentials, PemTls tls, Timing timing)
    implements SourceSettings {

  /** Where documents lie unless the configuration says otherwise. */
  public static final String DEFAULT_PREFIX = "/skiff/";

  /** Checks what can be checked without a server. */
  public EtcdSettings {
    endpoints = List.copyOf(endpoints);
    SourceSettings.require(!name.isBlank(), "name", "must not be empty");
    SourceSettings.require(!endpoints.isEmpty(), "endpoints", "must name at least one member");
    SourceSettings.require(
        !prefix.isEmpty(), "prefix", "must not be empty; all keys would be read as documents");
    for (URI endpoint : endpoints) {
      ServerAddress.requireNoLogin("endpoints", endpoint.toString(), "`username` and `password`");
      SourceSettings.require(
          endpoint.getHost() != null
              && endpoint.getPort() > 0
              && ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme())),
          "endpoints",
          "must be like 'http://10.0.0.1:2379' or 'https://etcd.example:2379', found '"
              + endpoint
              + "'");
    }
    boolean secure = "https".equals(endpoints.getFirst().getScheme());
    SourceSettings.require(
        endpoints.stream().allMatch(endpoint -> secure == "https".equals(endpoint.getScheme())),
        "endpoints",
        "must be all 'http' or all 'https'");
    SourceSettings.require(
        secure || tls.equals(PemTls.SYSTEM),
        "endpoints",
        "must be 'https' where `tls` is given, found '" + endpoints.getFirst() + "'");
  }

  @Override
  public Source source() {
    return new EtcdSource(this);
  }

  /** A source of {@link #DEFAULT_PREFIX} without login and TLS. */
  public static EtcdSettings of(String name, String endpoint) {
    return new EtcdSettings(
        name,
        List.of(URI.create(endpoint)),
        DEFAULT_PREFIX,
        Login.NONE,
        PemTls.SYSTEM,
        Timing.DEFAULT);
  }

  /** With another prefix. */
  public EtcdSettings withPrefix(String other) {
    return new EtcdSettings(name, endpoints, other, credentials, tls, timing);
  }

  /** With a login. */
  public EtcdSettings withCredentials(Login other) {
    return new EtcdSettings(name, endpoints, prefix, other, tls, timing);
  }

  /** With certificates. */
  public EtcdSettings withTls(PemTls other) {
    return new EtcdSettings(name, endpoints, prefix, credentials, other, timing);
  }

  /** With other times. */
  public EtcdSettings withTiming(Timing other) {
    return new EtcdSettings(name, endpoints, prefix, credentials, tls, other);
  }

  boolean isSecure() {
    return "https".equals(endpoints.getFirst().getScheme());
  }

  /**
   * How often and how long.
   *
   * @param probe between two questions whether the server is still there
   * @param answer within which it must have said something, or it counts as lost
   * @param settle how long another history at the same address (a restored or new cluster) that
   *     lacks known keys is not believed: whoever restores a cluster may need some time to fill it
   */
  public record Timing(Duration probe, Duration answer, Duration settle) {

    /** Two, five and thirty seconds. */
    public static final Timing DEFAULT =
        new Timing(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(30));

    /** Refuses what would never or always be a loss. */
    public Timing {
      SourceSettings.require(probe.isPositive(), "probe-interval", "must be more than 0");
      SourceSettings.require(
          answer.compareTo(probe) > 0, "answer-timeout", "must be longer than `probe-interval`");
      SourceSettings.require(!settle.isNegative(), "settle-time", "must not be negative");
    }
  }
}
