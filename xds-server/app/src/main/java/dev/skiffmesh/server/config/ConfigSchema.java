package dev.skiffmesh.server.config;

import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.registry.file.FileSourceSettings;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.server.csds.ClientStatusAccess;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of {@code skiff.yaml}, as records: the one place that reader, printer and reference page
 * read.
 */
final class ConfigSchema {

  static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
  static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";
  static final String NAME_MEANING = "letters, digits, '.', '_' and '-'";
  private static final Pattern WORD_START = Pattern.compile("(?:^|_)([a-z])");

  private ConfigSchema() {}

  @Description("The whole file.")
  record Root(
      @Description("Where proxies connect (gRPC).") Xds xds,
      @Description("Where the HTTP API, metrics and health are served.") Admin admin,
      @Description("Sources of services, in order of priority.") @MaxItems(32)
          List<RawNode> registries,
      @Description("Sources of policies, in order of priority.") @MaxItems(32)
          List<RawNode> policies,
      @Description("What must survive a restart.") State state,
      @Spelled("root-namespace")
          @Description("Only policies from this namespace may target the whole mesh.")
          @Default("skiff-system")
          @Matches(value = DNS_LABEL, meaning = "a DNS label")
          String rootNamespace,
      @Spelled("startup-timeout")
          @Description(
              "How long proxies wait for a source that has not answered since the start; then what"
                  + " the state folder knows of it is served.")
          @Default("20s")
          @Range(min = "0s", max = "1h")
          Duration startupTimeout,
      @Description(
              "Which services a proxy is sent, where no ScopePolicy says otherwise: OnDemand (each"
                  + " at its first call), Declared (those of its ScopePolicies) or All.")
          @Default("OnDemand")
          ScopeMode scope,
      @Description("When a registry that lists much less than before is doubted.") Guard guard) {}

  @Description("When a registry that lists much less than before is doubted.")
  record Guard(
      @Description(
              "A service that loses more than this share of its usable instances within 10 s is"
                  + " looked at, in percent.")
          @Default("50")
          @Range(min = "10", max = "95")
          int fall,
      @Spelled("hold-time")
          @Description(
              "How long the last good instances stay while a registry is doubted, unless it"
                  + " recovers or `skiff registry accept` says that it is right.")
          @Default("90s")
          @Range(min = "5s", max = "10m")
          Duration holdTime,
      @Description("Services with a share of their own.") @MaxItems(256)
          List<GuardedService> services) {}

  @Description("A service with a share of its own.")
  record GuardedService(
      @Description("Its name in the mesh, NAMESPACE/NAME.")
          @MaxLength(127)
          @Matches(value = DNS_LABEL + "/" + DNS_LABEL, meaning = "NAMESPACE/NAME")
          String service,
      @Description("As `guard.fall`.") @Range(min = "10", max = "95") int fall) {}

  @Description("Where proxies connect.")
  record Xds(
      @Description("The address to listen on.") @Default("127.0.0.1") @MaxLength(253) String host,
      @Description("The port; 0 for any free one.")
          @Default("18000")
          @Range(min = "0", max = "65535")
          int port,
      @Description(
              "Must be true to listen on an address other than loopback: nothing is encrypted, and"
                  + " whoever reaches the port can read the whole configuration.")
          @Default("false")
          boolean plaintext,
      @Spelled("client-status")
          @Description(
              "Who may read what all proxies have, by the client status discovery service (CSDS) on"
                  + " this port: Off, Loopback (peers on this machine) or Everyone.")
          @Default("Loopback")
          ClientStatusAccess clientStatus,
      @Spelled("load-report-interval")
          @Description(
              "How often proxies report which services they have called (LRS); `skiff get scope`"
                  + " and what is sent up front go by it.")
          @Default("10m")
          @Range(min = "1s", max = "1h")
          Duration loadReportInterval,
      @Spelled("connection-age")
          @Description(
              "After this, give or take a tenth, a connection is asked to come again, so that load"
                  + " spreads over replicas; no call notices.")
          @Default("30m")
          @Range(min = "10s", max = "24h")
          Duration connectionAge,
      @Description("How many streams may be open at once; more are refused, and try again.")
          @Default("10000")
          @Range(min = "1", max = "1000000")
          int streams,
      @Spelled("new-streams-per-second")
          @Description(
              "How many may begin within a second, so that proxies that all reconnect at once do"
                  + " not starve those that are served.")
          @Default("500")
          @Range(min = "1", max = "100000")
          int newStreamsPerSecond) {}

  @Description("Where the HTTP API, metrics and health are served.")
  record Admin(
      @Description("The address to listen on; there is no login.")
          @Default("127.0.0.1")
          @MaxLength(253)
          String host,
      @Description("The port; 0 for any free one.")
          @Default("18080")
          @Range(min = "0", max = "65535")
          int port,
      @Description(
              "Names under which the port is reached, beside addresses, localhost and `host`; a"
                  + " request for any other name is refused.")
          @MaxItems(64)
          @MaxLength(253)
          @Matches(value = "[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", meaning = "a host name")
          List<String> hosts) {}

  @Description("What must survive a restart: last good documents and endpoints.")
  record State(
      @Description(
              "A folder, used by one process alone; it is made if it is not there. 'none' keeps"
                  + " nothing, for machines on which nothing can be written; `state: none` says the"
                  + " same.")
          @Default("state/")
          @MaxLength(4096)
          String path) {

    /** In place of a path: nothing is kept. */
    static final String NONE = "none";
  }

  @Description("Services in YAML files.")
  @SourceType("file")
  record FileRegistry(
      @Description("The word 'file'.") String type,
      @Description("Unique among registries and policies; metrics and findings show it.")
          @MaxLength(63)
          @Matches(value = NAME, meaning = NAME_MEANING)
          String name,
      @Description("A file, or a folder of YAML files; watched.") @MaxLength(4096) String path)
      implements SourceSection.OfServices {

    @Override
    public FileSourceSettings settings(Path folder) {
      return FileSourceSettings.of(name, folder.resolve(path)).withShownAs(path);
    }
  }

  @Description("Services in Nacos 2.x or 3.x.")
  @SourceType("nacos")
  record NacosRegistry(
      @Description("The word 'nacos'.") String type,
      @Description("Unique among registries and policies; metrics and findings show it.")
          @MaxLength(63)
          @Matches(value = NAME, meaning = NAME_MEANING)
          String name,
      @Description("HOST:PORT, or several separated by commas; gRPC is spoken at PORT + 1000.")
          @MaxLength(4096)
          String server,
      @Description("Which Nacos namespaces are read; 'public' alone if absent.") @MaxItems(256)
          List<NacosNamespace> namespaces,
      @Description(
              "Which groups are read in each namespace, with * for any characters; DEFAULT_GROUP"
                  + " alone if absent.")
          @MaxItems(256)
          List<String> groups,
      @Description("Names of services to read, with * for any characters; all if absent.")
          @MaxItems(256)
          List<String> include,
      @Description("Names of services not to read, with * for any characters.") @MaxItems(256)
          List<String> exclude,
      @Description("The user, for servers with a login; needs `password`.") @MaxLength(1024)
          @Nullable String username,
      @Description("The user's password.") @Nullable Secret password,
      @Spelled("access-key") @Description("An Alibaba Cloud access key; needs `secret-key`.")
          @Nullable Secret accessKey,
      @Spelled("secret-key") @Description("The access key's secret.") @Nullable Secret secretKey,
      @Description("Properties passed to the Nacos client as they are, TLS among them.")
          @MaxItems(64)
          Map<String, Secret> client,
      @Spelled("discovery-interval")
          @Description("How often services are listed, which is how new ones are found.")
          @Default("2s")
          @Range(min = "100ms", max = "10m")
          Duration discoveryInterval,
      @Spelled("settle-time")
          @Description(
              "After a loss of the registry: how long an answer that lacks known instances must"
                  + " stay the same before it is believed.")
          @Default("10s")
          @Range(min = "0s", max = "10m")
          Duration settleTime)
      implements SourceSection.OfServices {

    /** What an absent list means. */
    NacosRegistry {
      namespaces =
          namespaces.isEmpty() ? List.of(new NacosNamespace("public", "default")) : namespaces;
      groups = groups.isEmpty() ? List.of(NacosSettings.DEFAULT_GROUP) : groups;
    }

    @Override
    public NacosSettings settings(Path folder) {
      NavigableMap<String, String> properties = new TreeMap<>();
      client.forEach((key, secret) -> properties.put(key, secret.reveal()));
      return new NacosSettings(
          name,
          server,
          namespaces.stream().map(NacosNamespace::settings).toList(),
          groups,
          new NacosSettings.ServiceFilter(include, exclude),
          new NacosSettings.Credentials(
              username == null ? "" : username,
              revealed(password),
              revealed(accessKey),
              revealed(secretKey)),
          properties,
          new NacosSettings.Timing(discoveryInterval, settleTime));
    }

    private static String revealed(@Nullable Secret secret) {
      return secret == null ? "" : secret.reveal();
    }
  }

  @Description("A Nacos namespace and its name in the mesh.")
  record NacosNamespace(
      @Description("Its id in Nacos; 'public' is the one that every server has.") @MaxLength(128)
          String id,
      @Description("Its name in the mesh; 'default' for public, else made of the id.")
          @MaxLength(63)
          @Matches(value = DNS_LABEL, meaning = "a DNS label")
          @Nullable String as) {

    private NacosSettings.Namespace settings() {
      return as == null ? NacosSettings.Namespace.of(id) : new NacosSettings.Namespace(id, as);
    }
  }

  @Description("Policies in YAML files.")
  @SourceType("file")
  record FilePolicies(
      @Description("The word 'file'.") String type,
      @Description(
              "Unique among registries and policies; 'policies' if absent, 'policies-2' for the"
                  + " second of the list.")
          @MaxLength(63)
          @Matches(value = NAME, meaning = NAME_MEANING)
          @Nullable String name,
      @Description("A file, or a folder of YAML files; watched.") @MaxLength(4096) String path)
      implements SourceSection.OfPolicies {

    @Override
    public FileSourceSettings settings(Path folder) {
      return FileSourceSettings.of(name == null ? "policies" : name, folder.resolve(path))
          .withShownAs(path);
    }
  }

  /** The same source with a name, if it had none. */
  static Record named(Record source, int index) {
    return source instanceof FilePolicies(String type, String name, String path) && name == null
        ? new FilePolicies(type, index == 0 ? "policies" : "policies-" + (index + 1), path)
        : source;
  }

  /** The name of a source. */
  static String name(Record source) {
    return source instanceof SourceSection section ? String.valueOf(section.name()) : "";
  }

  /** A component's value. */
  static @Nullable Object value(Record section, RecordComponent component) {
    try {
      return component.getAccessor().invoke(section);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a record of this package must be readable", e);
    }
  }

  /** An enum's constant as the file has it: {@code OnDemand}. */
  static String word(Enum<?> constant) {
    return WORD_START
        .matcher(constant.name().toLowerCase(Locale.ROOT))
        .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }
}
