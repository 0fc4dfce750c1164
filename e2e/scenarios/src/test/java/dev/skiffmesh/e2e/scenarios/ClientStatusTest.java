package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.status.v3.ClientConfig;
import io.envoyproxy.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ConfigStatus;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Envoy has and rejects, as a standard tool reads it from the control plane. */
@RequiresEnvoy
class ClientStatusTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void acceptedResourcesAreSyncedAndARejectedOneHasEnvoysWords(@TempDir Path folder)
      throws IOException, ConfigException {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(new PoisonKind());
    Files.createDirectories(folder.resolve("services"));
    Files.createDirectories(folder.resolve("policies"));
    var config =
        ConfigReader.read(
            """
            xds: {port: %d}
            admin: {port: 0}
            scope: All
            registries: [{type: file, name: local, path: services/}]
            policies: [{type: file, path: policies/}]
            """
                .formatted(FreePorts.next()),
            "skiff.yaml",
            folder,
            name -> null);
    Instant start = Instant.now();
    try (HttpService order = HttpService.start("order", Map.of());
        SkiffServer server = SkiffServer.start(config, kinds)) {
      Files.writeString(
          folder.resolve("services/order.yaml"), MeshFiles.service("order", List.of(order)));
      ManagedChannel channel =
          Grpc.newChannelBuilder(
                  "127.0.0.1:" + server.xdsPort(), InsecureChannelCredentials.create())
              .build();
      try (Caller caller = Caller.start("gateway", server.xdsPort())) {
        ClientConfig synced =
            Await.value(
                BOUND,
                () -> only(channel),
                client ->
                    client.getGenericXdsConfigsList().stream()
                            .anyMatch(one -> one.getName().equals("order.trading|http"))
                        && client.getGenericXdsConfigsList().stream()
                            .allMatch(one -> one.getConfigStatus() == ConfigStatus.SYNCED));
        assertThat(synced.getNode().getId()).isEqualTo(caller.id());
        assertThat(synced.getNode().getUserAgentName()).isEqualTo("envoy");
        // The very versions that Envoy says it has.
        String dump = caller.envoy().configDump();
        assertThat(synced.getGenericXdsConfigsList())
            .filteredOn(one -> one.getTypeUrl().endsWith(".Cluster"))
            .isNotEmpty()
            .allSatisfy(one -> assertThat(dump).contains(one.getVersionInfo()))
            .allSatisfy(
                one ->
                    assertThat(one.getXdsConfig().unpack(Cluster.class).getName())
                        .isEqualTo(one.getName()));

        Files.writeString(
            folder.resolve("policies/poison.yaml"),
            """
            apiVersion: skiffmesh.dev/v1alpha1
            kind: Poison
            metadata: {name: poison, namespace: trading}
            spec: {targetRefs: [{kind: Service, name: order}], idle: 1s}
            """);
        GenericXdsConfig poison =
            Await.value(
                    BOUND,
                    () ->
                        only(channel).getGenericXdsConfigsList().stream()
                            .filter(one -> one.getConfigStatus() == ConfigStatus.ERROR)
                            .toList(),
                    errors -> !errors.isEmpty())
                .getFirst();
        assertThat(poison.getName()).isEqualTo("poison");
        assertThat(poison.getErrorState().getDetails())
            .containsAnyOf("no.such.transport", "no.such.Transport");
        assertThat(poison.getErrorState().getVersionInfo()).isEqualTo(poison.getVersionInfo());
        assertThat(poison.getErrorState().getLastUpdateAttempt().getSeconds())
            .isBetween(start.getEpochSecond(), Instant.now().getEpochSecond());
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static ClientConfig only(ManagedChannel channel) {
    List<ClientConfig> clients =
        ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(BOUND.toSeconds(), TimeUnit.SECONDS)
            .fetchClientStatus(ClientStatusRequest.getDefaultInstance())
            .getConfigList();
    return clients.isEmpty() ? ClientConfig.getDefaultInstance() : clients.getFirst();
  }
}
