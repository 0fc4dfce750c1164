package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.Login;
import dev.skiffmesh.registry.core.ServerAddress;
import dev.skiffmesh.registry.core.SourceSettings;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a ZooKeeper source reads. Immutable; a value that makes no sense is refused with an {@link
 * IllegalArgumentException} whose message names the configuration's key.
 *
 * @param name the source's name, unique among the sources
 * @param servers of the ensemble: {@code 10.0.0.1:2181}
 * @param namespace the mesh namespace of all its services
 * @param services the node under which curator-x-discovery registers (Spring Cloud, Dubbo by
 *     application); empty for none
 * @param dubbo the node under which Dubbo registers by interface; empty for none
 * @param credentials for ZooKeeper's digest scheme
 * @param timing how long
 */
public record ZooKeeperSettings(
    String name,
    List<String> servers,
    String namespace,
    String services,
    String dubbo,
    Login credentials,
    Timing timing)
    implements SourceSettings {

  /** Spring Cloud's and Dubbo's own default. */
  public static final String DEFAULT_SERVICES = "/services";

  /** Dubbo's own default. */
  public static final String DEFAULT_DUBBO = "/dubbo";

  private static final Pattern PATH = Pattern.compile("(/[^/\\s]+)+");
  private static final Pattern SERVER = Pattern.compile("[^\\s/,]+:[0-9]{1,5}");

  /** Checks what can be checked without a server. */
  public ZooKeeperSettings {
    servers = List.copyOf(servers);
    SourceSettings.require(!name.isBlank(), "name", "must not be empty");
    SourceSettings.require(!servers.isEmpty(), "servers", "must name at least one server");
    credentials = credentials.withoutColon();
    for (String server : servers) {
      ServerAddress.requireNoLogin("servers", server, "`username` and `password`");
      SourceSettings.require(
          SERVER.matcher(server).matches(),
          "servers",
          "must be like '10.0.0.1:2181', found '" + server + "'");
    }
    SourceSettings.require(
        ServiceId.isLabel(namespace),
        "namespace",
        "must be a DNS label, found '" + namespace + "'");
    requirePath("services", services);
    requirePath("dubbo", dubbo);
    SourceSettings.require(
        !services.isEmpty() || !dubbo.isEmpty(),
        "services",
        "or `dubbo` must be given; nothing would be read");
    SourceSettings.require(
        !(services + "/").startsWith(dubbo + "/") || dubbo.isEmpty(),
        "services",
        "must not lie within `dubbo`, found '" + services + "' and '" + dubbo + "'");
    SourceSettings.require(
        !(dubbo + "/").startsWith(services + "/") || services.isEmpty(),
        "dubbo",
        "must not lie within `services`, found '" + dubbo + "' and '" + services + "'");
  }

  @Override
  public Source source() {
    return new ZooKeeperSource(this);
  }

  /** A source of both usual places without login. */
  public static ZooKeeperSettings of(String name, String server) {
    return new ZooKeeperSettings(
        name,
        List.of(server),
        "default",
        DEFAULT_SERVICES,
        DEFAULT_DUBBO,
        Login.NONE,
        Timing.DEFAULT);
  }

  /** With other places. */
  public ZooKeeperSettings withRoots(String otherServices, String otherDubbo) {
    return new ZooKeeperSettings(
        name, servers, namespace, otherServices, otherDubbo, credentials, timing);
  }

  /** With a login. */
  public ZooKeeperSettings withCredentials(Login other) {
    return new ZooKeeperSettings(name, servers, namespace, services, dubbo, other, timing);
  }

  /** With another timing. */
  public ZooKeeperSettings withTiming(Timing other) {
    return new ZooKeeperSettings(name, servers, namespace, services, dubbo, credentials, other);
  }

  private static void requirePath(String field, String path) {
    SourceSettings.require(
        path.isEmpty() || PATH.matcher(path).matches(),
        field,
        "must be a path like '/services', found '" + path + "'");
  }

  /**
   * How long.
   *
   * @param session within which a server must be found again before ZooKeeper forgets our watches;
   *     they are set anew then
   * @param probe between two questions whether the server is still there, and until what was
   *     refused is asked for again
   * @param answer within which a question must be answered, or ZooKeeper counts as lost
   */
  public record Timing(Duration session, Duration probe, Duration answer) {

    /** Fifteen, two and ten seconds. */
    public static final Timing DEFAULT =
        new Timing(Duration.ofSeconds(15), Duration.ofSeconds(2), Duration.ofSeconds(10));

    /** Refuses what would never or always be a loss. */
    public Timing {
      SourceSettings.require(session.toMillis() >= 1, "session-timeout", "must be at least 1 ms");
      SourceSettings.require(probe.isPositive(), "probe-interval", "must be more than 0");
      SourceSettings.require(answer.isPositive(), "answer-timeout", "must be more than 0");
    }
  }
}
