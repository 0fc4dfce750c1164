package dev.skiffmesh.registry.zookeeper;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import dev.skiffmesh.registry.zookeeper.RealZooKeeper.Way;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.curator.test.TestingServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of all sources where the network fails and ZooKeeper is well. */
@Timeout(180)
class ZooKeeperFaultsTest extends SourceContractTest {

  private static final ServiceId ORDER = new ServiceId("default", "order");

  private static @Nullable TestingServer server;

  private final TestingSink sink = new TestingSink();
  private final CuttableLink link = CuttableLink.to(requireNonNull(server).getPort());

  @BeforeAll
  static void startServer() throws Exception {
    server = new TestingServer();
  }

  @AfterAll
  static void closeServer() throws IOException {
    requireNonNull(server).close();
  }

  @AfterEach
  void closeLink() {
    link.close();
  }

  private RealZooKeeper zooKeeper() {
    link.delay(Duration.ofMillis(10));
    return new RealZooKeeper(
        requireNonNull(server),
        new Way("127.0.0.1:" + link.port(), link::cut, link::mend),
        Layout.CURATOR,
        false);
  }

  @Override
  protected TestingRegistry registry() {
    return zooKeeper();
  }

  @Test
  void aHalfOpenConnectionIsALoss() throws Exception {
    RealZooKeeper registry = zooKeeper();
    try (Source source = registry.source()) {
      registry.put(List.of(Instance.of("order", "10.0.0.1", 8080)));
      source.start(sink);
      sink.await("the first", seen -> seen.endpointsOf(ORDER).size() == 1 && seen.isSynced());

      link.cutAnswers();
      Seen seen = sink.await("the loss", now -> now.lost() != null);
      assertThat(seen.endpointsOf(ORDER)).hasSize(1);
      registry.put(List.of(Instance.of("order", "10.0.0.2", 8080)));
      link.mend();
      sink.await(
          "what came meanwhile", now -> now.endpointsOf(ORDER).size() == 2 && now.isSynced());
    } finally {
      registry.close();
    }
  }

  @Test
  void connectionsThatTheNetworkForgetsAreReplaced() throws Exception {
    RealZooKeeper registry = zooKeeper();
    try (Source source = registry.source()) {
      registry.put(List.of(Instance.of("order", "10.0.0.1", 8080)));
      source.start(sink);
      sink.await("the first", seen -> seen.endpointsOf(ORDER).size() == 1 && seen.isSynced());

      link.forget();
      registry.put(List.of(Instance.of("order", "10.0.0.2", 8080)));
      sink.await(
          "what came meanwhile", now -> now.endpointsOf(ORDER).size() == 2 && now.isSynced());
    } finally {
      registry.close();
    }
  }

  @Test
  void connectionsThatBreakAgainAndAgainLoseNothing() throws Exception {
    RealZooKeeper registry = zooKeeper();
    try (Source source = registry.source()) {
      registry.put(List.of(Instance.of("order", "10.0.0.1", 8080)));
      source.start(sink);
      sink.await("the first", seen -> seen.endpointsOf(ORDER).size() == 1 && seen.isSynced());
      for (int i = 2; i <= 6; i++) {
        int count = i;
        link.reset();
        registry.put(List.of(Instance.of("order", "10.0.0." + i, 8080)));
        sink.await("a change after a reset", seen -> seen.endpointsOf(ORDER).size() == count);
      }
      sink.await("the sync", Seen::isSynced);
      assertThat(
              sink.history().stream()
                  .filter(seen -> seen.endpoints().containsKey(ORDER))
                  .map(seen -> seen.endpointsOf(ORDER).size()))
          .as("instances over time")
          .isSorted();
      assertThat(sink.repeats()).isEmpty();
    } finally {
      registry.close();
    }
  }
}
