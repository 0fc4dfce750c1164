package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.registry.etcd.EtcdSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An etcd in {@code skiff.yaml}, as a registry or as a source of policies; it is both at once. */
@Description("Documents in etcd: policies and services.")
@SourceType("etcd")
record EtcdSection(
    @Description("The word 'etcd'.") String type,
    @Description("Unique among registries and policies; metrics and findings show it.")
        @MaxLength(63)
        @Matches(value = ConfigSchema.NAME, meaning = ConfigSchema.NAME_MEANING)
        String name,
    @Description("The cluster's members: 'http://HOST:PORT', or all with 'https'.")
        @MinItems(1)
        @MaxItems(32)
        @MaxLength(1024)
        @Matches(value = "https?://[^\\s/?#]+:[0-9]{1,5}", meaning = "'http://HOST:PORT'")
        List<String> endpoints,
    @Description("Keys that begin with it are read, one document or several in each.")
        @Default("/skiff/")
        @MaxLength(1024)
        @Matches(value = "(?s).+", meaning = "at least one character")
        String prefix,
    @Description("The user, for servers with a login; needs `password`.") @MaxLength(1024)
        @Nullable String username,
    @Description("The user's password.") @Nullable Secret password,
    @Description("Certificates, for 'https'; the system's if absent.") @Nullable TlsSection tls,
    @Spelled("probe-interval")
        @Description("How often the server is asked whether it is still there.")
        @Default("2s")
        @Range(min = "100ms", max = "10m")
        Duration probeInterval,
    @Spelled("answer-timeout")
        @Description("A server that says nothing for so long counts as lost.")
        @Default("5s")
        @Range(min = "200ms", max = "1h")
        Duration answerTimeout,
    @Spelled("settle-time")
        @Description(
            "How long another history at the same address (a restored cluster) that lacks known"
                + " keys is not believed.")
        @Default("30s")
        @Range(min = "0s", max = "1h")
        Duration settleTime)
    implements SourceSection.OfServices, SourceSection.OfPolicies {

  @Override
  public EtcdSettings settings(Path folder) {
    return new EtcdSettings(
        name,
        endpoints.stream().map(URI::create).toList(),
        prefix,
        Secret.login(username, password),
        TlsSection.settings(tls, folder),
        new EtcdSettings.Timing(probeInterval, answerTimeout, settleTime));
  }
}
