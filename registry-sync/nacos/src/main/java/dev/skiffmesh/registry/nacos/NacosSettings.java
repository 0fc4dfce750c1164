package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.ServerAddress;
import dev.skiffmesh.registry.core.ServiceNames;
import dev.skiffmesh.registry.core.SourceSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a Nacos source reads. Immutable; a value that makes no sense is refused with an {@link
 * IllegalArgumentException} whose message names the configuration's key.
 *
 * @param name the source's name, unique among the sources
 * @param server one address or several, separated by commas: {@code 10.0.0.1:8848,10.0.0.2:8848};
 *     the port may be left out (8848). The gRPC port is this one + 1000
 * @param namespaces which namespaces are read, and what each is called in the mesh
 * @param groups which groups are read in each namespace; {@code *} stands for any characters
 * @param services which services are read
 * @param credentials how to log in
 * @param client properties passed to the Nacos client as they are, for example {@code
 *     nacos.remote.client.rpc.tls.enable} and its companions
 * @param timing how often and how long
 */
public record NacosSettings(
    String name,
    String server,
    List<Namespace> namespaces,
    List<String> groups,
    ServiceFilter services,
    Credentials credentials,
    SortedMap<String, String> client,
    Timing timing)
    implements SourceSettings {

  /** The group that Nacos uses where none is named. */
  public static final String DEFAULT_GROUP = "DEFAULT_GROUP";

  /** Checks what can be checked without a server. */
  public NacosSettings {
    SourceSettings.require(!name.isBlank(), "name", "must not be empty");
    namespaces = List.copyOf(namespaces);
    groups = List.copyOf(groups);
    client = Immutable.sortedMap(client);
    SourceSettings.require(!namespaces.isEmpty(), "namespaces", "must name at least one namespace");
    SourceSettings.require(!groups.isEmpty(), "groups", "must name at least one group");
    SourceSettings.require(
        groups.stream().noneMatch(String::isBlank), "groups", "must not hold an empty group name");
    requireServers(server);
    requireDistinct(namespaces);
  }

  @Override
  public Source source() {
    return new NacosSource(this);
  }

  /** A source of the namespace {@code public} and the default group, without a login. */
  public static NacosSettings of(String name, String server) {
    return new NacosSettings(
        name,
        server,
        List.of(Namespace.PUBLIC),
        List.of(DEFAULT_GROUP),
        ServiceFilter.ALL,
        Credentials.NONE,
        new TreeMap<>(),
        Timing.DEFAULT);
  }

  /** The server's addresses, in the order of the configuration. */
  public List<String> servers() {
    return split(server);
  }

  /** The groups that are named, in the order of the configuration. */
  List<String> namedGroups() {
    return groups.stream().filter(group -> !isPattern(group)).toList();
  }

  /** Tells whether there are patterns, for which groups have to be looked for. */
  boolean hasGroupPatterns() {
    return groups.stream().anyMatch(NacosSettings::isPattern);
  }

  /** Tells whether a group is read, named or matched. */
  boolean acceptsGroup(String group) {
    return groups.stream().anyMatch(glob -> Glob.matches(glob, group));
  }

  private static boolean isPattern(String group) {
    return group.indexOf('*') >= 0;
  }

  private static List<String> split(String server) {
    return Pattern.compile(",")
        .splitAsStream(server)
        .map(String::strip)
        .filter(address -> !address.isEmpty())
        .toList();
  }

  private static void requireServers(String server) {
    List<String> addresses = split(server);
    SourceSettings.require(
        !addresses.isEmpty(), "server", "must be an address such as '127.0.0.1:8848'");
    for (String address : addresses) {
      ServerAddress.requireNoLogin("server", address, "`username` and `password`");
      SourceSettings.require(
          address.matches("(https?://)?[^\\s/?#]+"),
          "server",
          "must be HOST:PORT, or several separated by commas, found '" + address + "'");
    }
  }

  /** Whoever gives two namespaces one name means one of them to have another. */
  private static void requireDistinct(List<Namespace> namespaces) {
    Map<String, Namespace> owners = new HashMap<>();
    for (Namespace namespace : namespaces) {
      Namespace other = owners.putIfAbsent(namespace.as(), namespace);
      SourceSettings.require(
          other == null,
          "namespaces",
          "must differ in the mesh, found `as: "
              + namespace.as()
              + "` for '"
              + namespace.id()
              + "' and for '"
              + (other == null ? "" : other.id())
              + "'; give one of them another `as`");
    }
  }

  /**
   * A namespace to read.
   *
   * @param id its id in Nacos; {@code public} is the one that every server has
   * @param as its name in the mesh, a DNS label
   */
  public record Namespace(String id, String as) {

    /** Nacos's default namespace, which is {@code default} in the mesh. */
    public static final Namespace PUBLIC = new Namespace("public", "default");

    /** Refuses an empty id, and a mesh name that is not a DNS label. */
    public Namespace {
      SourceSettings.require(
          !id.isBlank(), "namespaces[].id", "must not be empty; the default one is 'public'");
      SourceSettings.require(
          ServiceId.isLabel(as),
          "namespaces[].as",
          "must be a DNS label of at most 63 characters, found '" + as + "'");
    }

    /** A namespace under its usual mesh name: {@code default} for public, else made of its id. */
    public static Namespace of(String id) {
      return id.equals(PUBLIC.id()) ? PUBLIC : new Namespace(id, ServiceNames.meshName(id));
    }
  }

  /**
   * Which services are read, by their name in Nacos; {@code *} stands for any characters, case
   * counts.
   *
   * @param include one of these must match; empty means all
   * @param exclude none of these may match
   */
  public record ServiceFilter(List<String> include, List<String> exclude) {

    /** Every service. */
    public static final ServiceFilter ALL = new ServiceFilter(List.of(), List.of());

    /** Copies the lists. */
    public ServiceFilter {
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
    }

    /** Tells whether a service of that name is read. */
    public boolean accepts(String service) {
      return (include.isEmpty() || include.stream().anyMatch(glob -> Glob.matches(glob, service)))
          && exclude.stream().noneMatch(glob -> Glob.matches(glob, service));
    }
  }

  /**
   * How to log in; parts that are not used are empty. Secrets are never printed.
   *
   * @param username for Nacos's own authentication
   * @param password for Nacos's own authentication
   * @param accessKey for Alibaba Cloud's
   * @param secretKey for Alibaba Cloud's
   */
  public record Credentials(String username, String password, String accessKey, String secretKey) {

    /** No login. */
    public static final Credentials NONE = new Credentials("", "", "", "");

    /** Refuses half a pair. */
    public Credentials {
      SourceSettings.require(
          username.isEmpty() == password.isEmpty(),
          "username",
          "and `password` must be given together");
      SourceSettings.require(
          accessKey.isEmpty() == secretKey.isEmpty(),
          "access-key",
          "and `secret-key` must be given together");
      SourceSettings.require(
          username.isEmpty() || accessKey.isEmpty(),
          "username",
          "must not be given beside `access-key`");
    }

    /** Nacos's own authentication. */
    public static Credentials ofPassword(String username, String password) {
      return new Credentials(username, password, "", "");
    }

    boolean isPresent() {
      return !username.isEmpty() || !accessKey.isEmpty();
    }

    @Override
    public String toString() {
      return "Credentials[username="
          + username
          + ", password="
          + redacted(password)
          + ", accessKey="
          + redacted(accessKey)
          + ", secretKey="
          + redacted(secretKey)
          + "]";
    }

    private static String redacted(String secret) {
      return secret.isEmpty() ? "" : "***";
    }
  }

  /**
   * How often and how long.
   *
   * @param discovery between two listings of the services; a new service shows after at most this
   *     time and one call
   * @param settle after a loss: how long a service's answer that lacks instances known before must
   *     stay the same until it is believed. Providers come back to a restarted Nacos within some
   *     seconds (its clients reconnect after at most 5 s and register again every 3 s)
   */
  public record Timing(Duration discovery, Duration settle) {

    /** Two seconds and ten seconds. */
    public static final Timing DEFAULT = new Timing(Duration.ofSeconds(2), Duration.ofSeconds(10));

    /** Refuses what is not positive. */
    public Timing {
      SourceSettings.require(discovery.isPositive(), "discovery-interval", "must be more than 0");
      SourceSettings.require(!settle.isNegative(), "settle-time", "must not be negative");
    }
  }

  /** Client properties may carry secrets (a key's passphrase), so that only their names show. */
  @Override
  public String toString() {
    return "NacosSettings[name="
        + name
        + ", server="
        + server
        + ", namespaces="
        + namespaces
        + ", groups="
        + groups
        + ", services="
        + services
        + ", credentials="
        + credentials
        + ", client="
        + client.keySet()
        + ", timing="
        + timing
        + "]";
  }
}
