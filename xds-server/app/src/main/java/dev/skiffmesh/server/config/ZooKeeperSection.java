package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.registry.zookeeper.ZooKeeperSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ZooKeeper in {@code skiff.yaml}. */
@Description("Services in ZooKeeper, as Spring Cloud and Dubbo register them.")
@SourceType("zookeeper")
record ZooKeeperSection(
    @Description("The word 'zookeeper'.") String type,
    @Description("Unique among registries and policies; metrics and findings show it.")
        @MaxLength(63)
        @Matches(value = ConfigSchema.NAME, meaning = ConfigSchema.NAME_MEANING)
        String name,
    @Description("The ensemble's servers, 'HOST:PORT' each.")
        @MinItems(1)
        @MaxItems(32)
        @MaxLength(1024)
        @Matches(value = "[^\\s/,]+:[0-9]{1,5}", meaning = "'HOST:PORT'")
        List<String> servers,
    @Description("The mesh namespace of its services.") @Default("default") @MaxLength(63)
        String namespace,
    @Description(
            "Where curator-x-discovery registers: Spring Cloud, and Dubbo by application; '' for"
                + " nowhere.")
        @Default("/services")
        @MaxLength(1024)
        String services,
    @Description("Where Dubbo registers by interface; '' for nowhere.")
        @Default("/dubbo")
        @MaxLength(1024)
        String dubbo,
    @Description("The user of the digest scheme; needs `password`.") @MaxLength(1024)
        @Nullable String username,
    @Description("The user's password.") @Nullable Secret password,
    @Spelled("session-timeout")
        @Description("Within which a server must be found again before ZooKeeper forgets us.")
        @Default("15s")
        @Range(min = "1s", max = "10m")
        Duration sessionTimeout,
    @Spelled("probe-interval")
        @Description(
            "How often a server is asked whether it is still there, and whether what it refused"
                + " may be read by now.")
        @Default("2s")
        @Range(min = "100ms", max = "10m")
        Duration probeInterval,
    @Spelled("answer-timeout")
        @Description("A server that does not answer for so long counts as lost.")
        @Default("10s")
        @Range(min = "200ms", max = "10m")
        Duration answerTimeout)
    implements SourceSection.OfServices {

  @Override
  public ZooKeeperSettings settings(Path folder) {
    return new ZooKeeperSettings(
        name,
        servers,
        namespace,
        services,
        dubbo,
        Secret.login(username, password),
        new ZooKeeperSettings.Timing(sessionTimeout, probeInterval, answerTimeout));
  }
}
