package dev.skiffmesh.e2e.scenarios.nacos;

import static java.util.Objects.requireNonNull;

import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a real Nacos 2, which is killed, stopped and restarted in the course of the tests. */
class NacosSourceContract2Test extends NacosSourceContract {

  private static @Nullable NacosServer server;

  @BeforeAll
  static void startServer() {
    server = NacosServer.start(NacosVersion.V2);
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

  /** The default: 2.x has nothing but the listing. */
  @Override
  Duration discovery() {
    return Duration.ofSeconds(2);
  }
}
