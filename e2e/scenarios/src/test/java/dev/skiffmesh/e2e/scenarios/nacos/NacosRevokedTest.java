package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.e2e.scenarios.Caller;
import dev.skiffmesh.e2e.scenarios.ControlPlaneProcess;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.registry.nacos.NacosSettings.Credentials;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The login of Nacos is revoked under load. */
@RequiresEnvoy
class NacosRevokedTest {

  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String CLUSTER = "order.trading|http";

  /** So many calls more are made while nobody may read. */
  private static final long CALLS = 2_000;

  private final String namespace = SharedNacos.namespace();

  @Test
  void noCallFailsWhileTheLoginIsRevoked(@TempDir Path folder) throws Exception {
    NacosServer nacos = SharedNacos.withLogin(NacosVersion.V3);
    try (HttpService first = HttpService.start("order", Map.of());
        HttpService second = HttpService.start("order", Map.of());
        NacosAccounts accounts = new NacosAccounts(nacos)) {
      accounts.begin();
      accounts.user("skiff", "right", namespace);
      try (RealNacos provider = provider(nacos)) {
        provider.put(List.of(Instance.of("order", "127.0.0.1", first.port())));
        try (ControlPlaneProcess controlPlane =
                ControlPlaneProcess.start(
                    folder,
                    "- {type: nacos, name: legacy, server: '%s', username: skiff, password: right, namespaces: [{id: %s, as: trading}]}"
                        .formatted(nacos.address(), namespace));
            Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
          awaitEndpoints(caller, 1);
          try (LoadLoop load = caller.load("order.trading")) {
            accounts.password("skiff", "other");
            JsonNode lost =
                controlPlane.await("/api/v1/registries", found -> state(found).equals("Lost"));
            assertThat(lost.toString())
                .contains("login of user skiff fails")
                .doesNotContain("right");
            long before = load.report().calls();
            Await.value(BOUND, () -> load.report().calls(), now -> now > before + CALLS);

            accounts.password("skiff", "right");
            controlPlane.await("/api/v1/registries", found -> state(found).equals("Synced"));
            try (RealNacos next = provider(nacos)) {
              next.put(List.of(Instance.of("order", "127.0.0.1", second.port())));
              awaitEndpoints(caller, 2);
              assertThat(load.report().failures()).isEmpty();
              System.out.printf("%d calls, none failed%n", load.report().calls());
            }
          }
        }
      }
    }
  }

  private RealNacos provider(NacosServer nacos) throws Exception {
    return new RealNacos(
        nacos,
        namespace,
        NacosSettings.DEFAULT_GROUP,
        Credentials.ofPassword(NacosAccounts.ADMINISTRATOR, NacosAccounts.PASSWORD));
  }

  private static String state(JsonNode registries) {
    return registries.get("items").get(0).get("state").asText();
  }

  private static void awaitEndpoints(Caller caller, int count) {
    Await.value(BOUND, () -> caller.envoy().endpoints(CLUSTER).size(), found -> found == count);
  }
}
