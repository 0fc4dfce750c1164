package dev.skiffmesh.e2e.scenarios.nacos;

import static java.util.Objects.requireNonNull;

import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a real Nacos 3. */
class NacosLogin3Test extends NacosLoginScenario {

  private static @Nullable NacosServer server;
  private static @Nullable NacosAccounts accounts;

  @BeforeAll
  static void startServer() throws Exception {
    server = NacosServer.start(NacosVersion.V3, NacosAccounts.WITH_LOGIN);
    accounts = new NacosAccounts(server);
    accounts.begin();
  }

  @AfterAll
  static void closeServer() {
    if (accounts != null) {
      accounts.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Override
  NacosServer server() {
    return requireNonNull(server);
  }

  @Override
  NacosAccounts accounts() {
    return requireNonNull(accounts);
  }
}
