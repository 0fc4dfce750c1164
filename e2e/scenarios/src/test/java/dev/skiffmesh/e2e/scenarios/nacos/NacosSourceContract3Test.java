package dev.skiffmesh.e2e.scenarios.nacos;

import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.e2e.scenarios.RealParts;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** The source contract on a real Nacos 3; the server is killed and restarted in its course. */
@Timeout(180)
class NacosSourceContract3Test extends SourceContractTest {

  private static NacosServer server;

  @BeforeAll
  static void startServer() {
    server = RealParts.orSkip(() -> NacosServer.start(NacosVersion.V3));
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected TestingRegistry registry() throws Exception {
    return new RealNacos(server);
  }

  /** Nacos leaves disabled instances out of what it sends: see the server tests. */
  @Override
  protected Set<TestingRegistry.Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(TestingRegistry.Ability.ENABLED));
  }
}
