package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.registry.nacos.NacosPolicySettings;
import dev.skiffmesh.registry.nacos.NacosSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Policies in Nacos's configuration, in {@code skiff.yaml}. */
@Description("Policies in Nacos's configuration.")
@SourceType("nacos-config")
record NacosConfigSection(
    @Description("The word 'nacos-config'.") String type,
    @Description("Unique among registries and policies; metrics and findings show it.")
        @MaxLength(63)
        @Matches(value = ConfigSchema.NAME, meaning = ConfigSchema.NAME_MEANING)
        String name,
    @Description("HOST:PORT, or several separated by commas; gRPC is spoken at PORT + 1000.")
        @MaxLength(4096)
        String server,
    @Description("The id of the Nacos namespace that is read.") @Default("public") @MaxLength(128)
        String namespace,
    @Description("The group that is read.") @Default("DEFAULT_GROUP") @MaxLength(128) String group,
    @Description("Data ids that begin with it are read, one document or several in each.")
        @Default("skiff.")
        @MaxLength(128)
        String prefix,
    @Description("The user, for servers with a login; needs `password`.") @MaxLength(1024)
        @Nullable String username,
    @Description("The user's password.") @Nullable Secret password,
    @Description("Properties passed to the Nacos client as they are, TLS among them.") @MaxItems(64)
        Map<String, Secret> client,
    @Spelled("discovery-interval")
        @Description("How often data ids are listed, which is how new ones are found.")
        @Default("2s")
        @Range(min = "100ms", max = "10m")
        Duration discoveryInterval,
    @Spelled("settle-time")
        @Description("After a loss: how long data ids that are gone are kept nevertheless.")
        @Default("10s")
        @Range(min = "0s", max = "10m")
        Duration settleTime)
    implements SourceSection.OfPolicies {

  @Override
  public NacosPolicySettings settings(Path folder) {
    TreeMap<String, String> properties = new TreeMap<>();
    client.forEach((key, secret) -> properties.put(key, secret.reveal()));
    return NacosPolicySettings.of(
        name,
        server,
        namespace,
        group,
        new NacosSettings.Credentials(
            username == null ? "" : username, password == null ? "" : password.reveal(), "", ""),
        properties,
        prefix,
        new NacosSettings.Timing(discoveryInterval, settleTime));
  }
}
