package dev.skiffmesh.e2e.scenarios.etcd;

import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

/** The contract on etcd's official image; disabled where there is no Docker. */
@Testcontainers(disabledWithoutDocker = true)
@Timeout(300)
class EtcdContainerTest extends SourceContractTest {

  private static final int PORT = 2379;

  @Container
  static final GenericContainer<?> ETCD =
      new GenericContainer<>("quay.io/coreos/etcd:v3.6.5")
          .withCommand(
              "etcd",
              "--listen-client-urls=http://0.0.0.0:" + PORT,
              "--advertise-client-urls=http://127.0.0.1:" + PORT)
          .withExposedPorts(PORT)
          .waitingFor(Wait.forHttp("/health").forPort(PORT));

  @Override
  protected TestingRegistry registry() {
    int port = ETCD.getMappedPort(PORT);
    return new RealEtcd("http://127.0.0.1:" + port, CuttableLink.to(port));
  }
}
