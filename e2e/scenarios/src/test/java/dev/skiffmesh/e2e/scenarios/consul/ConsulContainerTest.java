package dev.skiffmesh.e2e.scenarios.consul;

import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

/** The contract on Consul's official image; disabled where there is no Docker. */
@Testcontainers(disabledWithoutDocker = true)
@Timeout(300)
class ConsulContainerTest extends SourceContractTest {

  private static final int PORT = 8500;

  @Container
  static final GenericContainer<?> CONSUL =
      new GenericContainer<>("hashicorp/consul:1.21")
          .withCommand("agent", "-dev", "-client=0.0.0.0")
          .withExposedPorts(PORT)
          .waitingFor(Wait.forHttp("/v1/health/service/consul?consistent").forPort(PORT));

  @Override
  protected TestingRegistry registry() {
    int port = CONSUL.getMappedPort(PORT);
    return new RealConsul("http://127.0.0.1:" + port, port, Duration.ZERO, "");
  }
}
