package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.api.status.PolicyStatus;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A resource that passes Skiff's own checks and that Envoy rejects all the same: the policy that
 * caused it says so in Envoy's words, and everything else is applied.
 */
@RequiresEnvoy
class RejectedByProxyTest {

  private static final java.time.Duration BOUND = java.time.Duration.ofSeconds(20);

  @Test
  void thePolicyThatCausedItSaysSoAndTheRestIsApplied(@TempDir Path folder)
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
            registries: [{type: file, name: local, path: services/}]
            policies: [{type: file, path: policies/}]
            scope: All
            """
                .formatted(FreePorts.next()),
            "skiff.yaml",
            folder,
            name -> null);
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        SkiffServer server = SkiffServer.start(config, kinds)) {
      Files.writeString(
          folder.resolve("services/order.yaml"), MeshFiles.service("order", List.of(v1, v2)));
      Files.writeString(folder.resolve("policies/split.yaml"), MeshFiles.split("split", 0, 100));
      Await.until(
          BOUND,
          "both are known",
          () ->
              server.report().policies().size() == 1
                  && server.report().world().services().size() == 1);
      try (Caller caller = Caller.start("gateway", server.xdsPort());
          LoadLoop load = caller.load("order.trading")) {
        awaitProgrammed(server, "split", Reason.PROGRAMMED);

        Files.writeString(
            folder.resolve("policies/poison.yaml"),
            """
            apiVersion: skiffmesh.dev/v1alpha1
            kind: Poison
            metadata: {name: poison, namespace: trading}
            spec: {targetRefs: [{kind: Service, name: order}], idle: 1s}
            """);
        Files.writeString(folder.resolve("policies/split.yaml"), MeshFiles.split("split", 100, 0));

        PolicyStatus poison = awaitProgrammed(server, "poison", Reason.REJECTED_BY_PROXY);
        assertThat(poison.programmed().status()).isFalse();
        assertThat(poison.programmed().message())
            .contains(caller.id())
            .contains("poison")
            .containsAnyOf("no.such.transport", "no.such.Transport");
        assertThat(poison.proxies()).isEqualTo(new PolicyStatus.Proxies(1, 0, 1));
        PolicyStatus split = awaitProgrammed(server, "split", Reason.PROGRAMMED);
        assertThat(split.proxies()).isEqualTo(new PolicyStatus.Proxies(1, 1, 0));
        Await.until(
            BOUND,
            "the other policy's change is applied",
            () -> caller.call("order.trading", 20).answeredBy("order-v1") == 20);

        Files.delete(folder.resolve("policies/poison.yaml"));
        Await.until(
            BOUND,
            "the proxy is in sync again",
            () -> server.report().proxies().stream().allMatch(proxy -> proxy.inSync()));
        assertThat(load.report().failures()).isEmpty();
      }
    }
  }

  private static PolicyStatus awaitProgrammed(SkiffServer server, String name, Reason reason) {
    return Await.value(
            BOUND,
            () -> status(server, name),
            status -> status.isPresent() && status.get().programmed().reason() == reason)
        .orElseThrow();
  }

  private static Optional<PolicyStatus> status(SkiffServer server, String name) {
    return server.report().policies().stream()
        .map(PolicyReport::status)
        .filter(status -> status.policy().name().equals(name))
        .findFirst();
  }
}
