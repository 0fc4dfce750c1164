package dev.skiffmesh.e2e.scenarios.nacos;

import static java.util.Objects.requireNonNull;

import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a real Nacos 3. */
class Dubbo3Test extends DubboScenario {

  private static @Nullable NacosServer server;

  @BeforeAll
  static void startServer() {
    server = NacosServer.start(NacosVersion.V3);
  }

  @AfterAll
  static void closeServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  NacosServer server() {
    return requireNonNull(server);
  }
}
