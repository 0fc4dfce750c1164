package dev.skiffmesh.e2e.scenarios.etcd;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.e2e.parts.Etcd;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of all sources where the network fails and etcd is well. */
@Timeout(180)
class EtcdFaultsTest extends SourceContractTest {

  private static final ServiceId ORDER = new ServiceId("default", "order");

  private static @Nullable Etcd server;

  private final TestingSink sink = new TestingSink();
  private @Nullable CuttableLink link;

  @BeforeAll
  static void startServer() {
    server = Etcd.start();
  }

  @AfterAll
  static void closeServer() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void open() {
    CuttableLink opened = CuttableLink.to(requireNonNull(server).port());
    opened.delay(Duration.ofMillis(15));
    link = opened;
  }

  @AfterEach
  void close() {
    requireNonNull(link).close();
  }

  @Override
  protected TestingRegistry registry() {
    if (link == null) {
      open();
    }
    return new RealEtcd(requireNonNull(server), link);
  }

  @Test
  void aHalfOpenConnectionIsALoss() throws Exception {
    try (RealEtcd store = new RealEtcd(requireNonNull(server), link);
        Source source = store.source()) {
      store.put(List.of(Instance.of("order", "10.0.0.1", 8080)));
      source.start(sink);
      sink.await("the first", seen -> seen.endpointsOf(ORDER).size() == 1 && seen.isSynced());

      requireNonNull(link).cutAnswers();
      Seen seen = sink.await("the loss", now -> now.lost() != null);
      assertThat(seen.endpointsOf(ORDER)).hasSize(1);
      store.put(List.of(Instance.of("order", "10.0.0.2", 8080)));
      store.restore();
      sink.await(
          "what came meanwhile", now -> now.endpointsOf(ORDER).size() == 2 && now.isSynced());
    }
  }

  @Test
  void connectionsThatTheNetworkForgetsAreReplaced() throws Exception {
    try (RealEtcd store = new RealEtcd(requireNonNull(server), link);
        Source source = store.source()) {
      store.put(List.of(Instance.of("order", "10.0.0.1", 8080)));
      source.start(sink);
      sink.await("the first", seen -> seen.endpointsOf(ORDER).size() == 1 && seen.isSynced());

      requireNonNull(link).forget();
      store.put(List.of(Instance.of("order", "10.0.0.2", 8080)));
      sink.await(
          "what came meanwhile", now -> now.endpointsOf(ORDER).size() == 2 && now.isSynced());
    }
  }

  @Test
  void connectionsThatBreakAgainAndAgainLoseNothing() throws Exception {
    try (RealEtcd store = new RealEtcd(requireNonNull(server), link);
        Source source = store.source()) {
      store.put(List.of(Instance.of("order", "10.0.0.1", 8080)));
      source.start(sink);
      sink.await("the first", seen -> seen.endpointsOf(ORDER).size() == 1 && seen.isSynced());
      for (int i = 2; i <= 8; i++) {
        int count = i;
        requireNonNull(link).reset();
        store.put(List.of(Instance.of("order", "10.0.0." + i, 8080)));
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
    }
  }
}
