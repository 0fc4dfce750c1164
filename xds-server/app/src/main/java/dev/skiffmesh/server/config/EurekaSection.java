package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.registry.eureka.EurekaSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Eureka in {@code skiff.yaml}. */
@Description("Services in Eureka, as Spring Cloud registers them.")
@SourceType("eureka")
record EurekaSection(
    @Description("The word 'eureka'.") String type,
    @Description("Unique among registries and policies; metrics and findings show it.")
        @MaxLength(63)
        @Matches(value = ConfigSchema.NAME, meaning = ConfigSchema.NAME_MEANING)
        String name,
    @Description("Peers with equal content, asked in this order: 'http://HOST:PORT/eureka'.")
        @MinItems(1)
        @MaxItems(32)
        @MaxLength(1024)
        @Matches(value = "https?://[^\\s?#]+", meaning = "'http://HOST:PORT/eureka'")
        List<String> servers,
    @Description("The mesh namespace of its services.") @Default("default") @MaxLength(63)
        String namespace,
    @Description("The user, for servers with a login; needs `password`.") @MaxLength(1024)
        @Nullable String username,
    @Description("The user's password.") @Nullable Secret password,
    @Description("Certificates, for 'https'; the system's if absent.") @Nullable TlsSection tls,
    @Spelled("poll-interval")
        @Description("How often a server is asked what has changed.")
        @Default("5s")
        @Range(min = "500ms", max = "10m")
        Duration pollInterval,
    @Spelled("answer-timeout")
        @Description("A server that does not answer for so long counts as lost.")
        @Default("10s")
        @Range(min = "200ms", max = "10m")
        Duration answerTimeout)
    implements SourceSection.OfServices {

  @Override
  public EurekaSettings settings(Path folder) {
    return new EurekaSettings(
        name,
        servers.stream().map(URI::create).toList(),
        namespace,
        Secret.login(username, password),
        TlsSection.settings(tls, folder),
        new EurekaSettings.Timing(pollInterval, answerTimeout));
  }
}
