package dev.skiffmesh.e2e.scenarios.kubernetes;

import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.e2e.parts.RequiresKubernetes;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a real API server; Kubernetes has no weights, and what is taken out is gone. */
@RequiresKubernetes
class KubernetesSourceContractTest extends SourceContractTest {

  private static KubeApiServer server;

  @BeforeAll
  static void startServer() {
    server = KubeApiServer.start();
  }

  @AfterAll
  static void endServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected TestingRegistry registry() {
    return new RealKubernetes(server);
  }

  @Override
  protected Set<TestingRegistry.Ability> abilities() {
    return EnumSet.complementOf(
        EnumSet.of(TestingRegistry.Ability.ENABLED, TestingRegistry.Ability.WEIGHT));
  }
}
