package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.registry.consul.ConsulSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Consul in {@code skiff.yaml}. */
@Description("Services in Consul, as Spring Cloud and others register them.")
@SourceType("consul")
record ConsulSection(
    @Description("The word 'consul'.") String type,
    @Description("Unique among registries and policies; metrics and findings show it.")
        @MaxLength(63)
        @Matches(value = ConfigSchema.NAME, meaning = ConfigSchema.NAME_MEANING)
        String name,
    @Description("Agents of one datacenter, asked in this order: 'http://HOST:PORT'.")
        @MinItems(1)
        @MaxItems(32)
        @MaxLength(1024)
        @Matches(value = "https?://[^\\s?#]+", meaning = "'http://HOST:PORT'")
        List<String> servers,
    @Description("Whose services are read; the agent's own if absent.") @Default("") @MaxLength(255)
        String datacenter,
    @Description("The mesh namespace of its services.") @Default("default") @MaxLength(63)
        String namespace,
    @Description("An ACL token that may read services and nodes.") @Nullable Secret token,
    @Description("Certificates, for 'https'; the system's if absent.") @Nullable TlsSection tls,
    @Spelled("probe-interval")
        @Description("How often an agent is asked whether it is still there.")
        @Default("2s")
        @Range(min = "100ms", max = "10m")
        Duration probeInterval,
    @Spelled("answer-timeout")
        @Description("An agent that does not answer for so long counts as lost.")
        @Default("10s")
        @Range(min = "200ms", max = "10m")
        Duration answerTimeout)
    implements SourceSection.OfServices {

  @Override
  public ConsulSettings settings(Path folder) {
    return new ConsulSettings(
        name,
        servers.stream().map(URI::create).toList(),
        datacenter,
        namespace,
        token == null ? "" : token.reveal(),
        TlsSection.settings(tls, folder),
        new ConsulSettings.Timing(
            probeInterval, answerTimeout, ConsulSettings.Timing.DEFAULT.blocking()));
  }
}
