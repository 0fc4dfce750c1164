package dev.skiffmesh.server.config;

import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.Spelled;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of {@code skiff.yaml}, as records: the one place that reader and reference page read.
 */
final class ConfigSchema {

  static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";

  private ConfigSchema() {}

  @Description("The whole file.")
  record Root(
      @Description("The port that proxies connect to (gRPC).") @Nullable Xds xds,
      @Description("The port of the HTTP API, metrics and health.") @Nullable Admin admin,
      @Description("Sources of services, in order of priority.") @MaxItems(32)
          List<RawNode> registries,
      @Description("Sources of policies, in order of priority.") @MaxItems(32)
          List<RawNode> policies,
      @Description("What must survive a restart.") @Nullable State state,
      @Spelled("root-namespace")
          @Description("Only policies from this namespace may target the whole mesh.")
          @Default("skiff-system")
          @Matches(value = DNS_LABEL, meaning = "a DNS label")
          String rootNamespace,
      @Spelled("startup-timeout")
          @Description(
              "After this time the state folder stands in for sources that have not answered.")
          @Default("20s")
          @Range(min = "0s", max = "1h")
          Duration startupTimeout,
      @Description(
              "What a proxy is sent: OnDemand, Declared or All. For now every proxy is sent"
                  + " everything.")
          @Default("OnDemand")
          SkiffConfig.Scope scope) {}

  @Description("The port that proxies connect to.")
  record Xds(
      @Description("The address to listen on.") @Default("127.0.0.1") @MaxLength(253) String host,
      @Description("The port; 0 for any free one.")
          @Default("18000")
          @Range(min = "0", max = "65535")
          int port,
      @Description(
              "Allows plaintext on an address other than loopback; whoever reaches the port may"
                  + " read the whole configuration.")
          @Default("false")
          boolean plaintext) {}

  @Description("The admin port.")
  record Admin(
      @Description("The address to listen on; there is no authentication.")
          @Default("127.0.0.1")
          @MaxLength(253)
          String host,
      @Description("The port; 0 for any free one.")
          @Default("18080")
          @Range(min = "0", max = "65535")
          int port) {}

  @Description("What must survive a restart.")
  record State(
      @Description("A folder for one process alone.") @Default("state/") @MaxLength(4096)
          String path) {}

  @Description("Services in YAML files.")
  record FileRegistry(
      @Description("file") String type,
      @Description("Unique among the sources.") @MaxLength(63) String name,
      @Description("A file or a folder of YAML files.") @MaxLength(4096) String path) {}

  @Description("Services in Nacos 2.x or 3.x.")
  record NacosRegistry(
      @Description("nacos") String type,
      @Description("Unique among the sources.") @MaxLength(63) String name,
      @Description("HOST:PORT, or several separated by commas.") @MaxLength(4096) String server,
      @Description("Which namespaces are read; public if absent.") @MaxItems(256)
          List<NacosNamespace> namespaces,
      @Description("Which groups are read; DEFAULT_GROUP if absent.") @MaxItems(256)
          List<String> groups,
      @Description("Names of services to read, with * and ?; all if absent.") @MaxItems(256)
          List<String> include,
      @Description("Names of services not to read, with * and ?.") @MaxItems(256)
          List<String> exclude,
      @Description("The user, for servers with authentication.") @Nullable String username,
      @Description("The user's password.") @Nullable String password,
      @Spelled("access-key") @Description("An access key, for Alibaba Cloud.")
          @Nullable String accessKey,
      @Spelled("secret-key") @Description("The key's secret.") @Nullable String secretKey,
      @Description("Properties passed to the Nacos client as they are.") @MaxItems(64)
          Map<String, String> client,
      @Spelled("discovery-interval")
          @Description("Between two listings of the services.")
          @Default("2s")
          @Range(min = "100ms", max = "10m")
          Duration discoveryInterval,
      @Spelled("settle-time")
          @Description(
              "After a loss: how long an answer that lacks known instances must stay the same until"
                  + " it is believed.")
          @Default("10s")
          @Range(min = "0s", max = "10m")
          Duration settleTime) {}

  @Description("A Nacos namespace and what it is called in the mesh.")
  record NacosNamespace(
      @Description("Nacos's id; public for the default one.") @MaxLength(128) String id,
      @Description("The mesh namespace; 'default' for public, else the id.") @MaxLength(63)
          @Nullable String as) {}

  @Description("Policies in YAML files.")
  record FilePolicies(
      @Description("file") String type,
      @Description("Unique among the sources; 'policies' if absent.") @MaxLength(63)
          @Nullable String name,
      @Description("A file or a folder of YAML files.") @MaxLength(4096) String path) {}

  @Description("What stands in the list.")
  record Typed(@Description("file or nacos.") String type) {}
}
