package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import java.io.IOException;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** As Spring Cloud registers; on a real ZooKeeper. */
class ZooKeeperContractTest extends SourceContractTest {

  private static TestingServer server;

  @BeforeAll
  static void startServer() throws Exception {
    server = new TestingServer();
  }

  @AfterAll
  static void closeServer() throws IOException {
    server.close();
  }

  @Override
  protected TestingRegistry registry() {
    return new RealZooKeeper(server, Layout.CURATOR, false);
  }
}
