package dev.skiffmesh.registry.eureka;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.registry.core.PemTls;
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
    String name,
    List<URI> servers,
    String namespace,
    Credentials credentials,
    PemTls tls,
    Timing timing) {

  /** Checks what can be checked without a server. */
  public EurekaSettings {
    require(!name.isBlank(), "name", "must not be empty");
    require(!servers.isEmpty(), "servers", "must name at least one server");
    servers = servers.stream().map(EurekaSettings::server).toList();
    require(
        ServiceId.isLabel(namespace),
        "namespace",
        "must be a DNS label, found '" + namespace + "'");
  }

  /** One server without login or TLS. */
  public static EurekaSettings of(String name, String server) {
    return new EurekaSettings(
        name,
        List.of(URI.create(server)),
        "default",
        Credentials.NONE,
        PemTls.SYSTEM,
        Timing.DEFAULT);
  }

  /** With other servers. */
  public EurekaSettings withServers(List<URI> others) {
    return new EurekaSettings(name, others, namespace, credentials, tls, timing);
  }

  /** With a login. */
  public EurekaSettings withCredentials(Credentials other) {
    return new EurekaSettings(name, servers, namespace, other, tls, timing);
  }

  /** With another timing. */
  public EurekaSettings withTiming(Timing other) {
    return new EurekaSettings(name, servers, namespace, credentials, tls, other);
  }

  /** Without the slash behind it, which users write and leave out. */
  private static URI server(URI server) {
    boolean isHttp = "http".equals(server.getScheme()) || "https".equals(server.getScheme());
    // A login is never printed, this one included.
    require(
        server.getRawAuthority() == null || server.getRawAuthority().indexOf('@') < 0,
        "servers",
        "must not hold a login; write `username` and `password`");
    require(
        isHttp && server.getHost() != null && server.getRawQuery() == null,
        "servers",
        "must be like 'http://10.0.0.1:8761/eureka', found '" + server + "'");
    String text = server.toString();
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  private static void require(boolean holds, String field, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("`" + field + "` " + problem);
    }
  }

  /**
   * A user of HTTP's basic authentication; both empty for none.
   *
   * @param password never printed
   */
  public record Credentials(String username, String password) {

    /** Nobody in particular. */
    public static final Credentials NONE = new Credentials("", "");

    /** Refuses half a login. */
    public Credentials {
      require(
          username.isEmpty() == password.isEmpty(),
          "username",
          "and `password` must be given together");
      require(username.indexOf(':') < 0, "username", "must not hold ':'");
    }

    /** Tells whether there is a login. */
    public boolean isPresent() {
      return !username.isEmpty();
    }

    @Override
    public String toString() {
      return "Credentials[username=" + username + "]";
    }
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
      require(poll.isPositive(), "poll-interval", "must be more than 0");
      require(answer.isPositive(), "answer-timeout", "must be more than 0");
    }
  }
}
