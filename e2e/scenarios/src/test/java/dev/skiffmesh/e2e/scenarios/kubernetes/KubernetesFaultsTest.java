package dev.skiffmesh.e2e.scenarios.kubernetes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of all sources where the network fails and the API server is well. */
@Timeout(180)
class KubernetesFaultsTest extends SourceContractTest {

  private static @Nullable KubeApiServer server;

  private final String unique = UUID.randomUUID().toString().substring(0, 8);
  private final ServiceId order = new ServiceId("default", "order-" + unique);
  private final ServiceId quote = new ServiceId("default", "quote-" + unique);
  private final TestingSink sink = new TestingSink();
  private final CuttableLink link = CuttableLink.to(requireNonNull(server).port());

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

  @AfterEach
  void close() {
    link.close();
  }

  private RealKubernetes cluster() {
    link.delay(Duration.ofMillis(10));
    return new RealKubernetes(requireNonNull(server), link);
  }

  @Override
  protected TestingRegistry registry() {
    return cluster();
  }

  @Override
  protected Set<TestingRegistry.Ability> abilities() {
    return EnumSet.complementOf(
        EnumSet.of(TestingRegistry.Ability.ENABLED, TestingRegistry.Ability.WEIGHT));
  }

  private static Instance instance(ServiceId service, int number) {
    return Instance.of(service.name(), "10.0.0." + number, 8080);
  }

  @Test
  void aHalfOpenConnectionIsALoss() throws Exception {
    RealKubernetes cluster = cluster();
    try (Source source = cluster.source()) {
      cluster.put(List.of(instance(order, 1)));
      source.start(sink);
      sink.await("the first", seen -> seen.endpointsOf(order).size() == 1 && seen.isSynced());

      link.cutAnswers();
      Seen seen = sink.await("the loss", now -> now.lost() != null);
      assertThat(seen.endpointsOf(order)).hasSize(1);
      cluster.put(List.of(instance(order, 2)));
      link.mend();
      sink.await(
          "what came meanwhile", now -> now.endpointsOf(order).size() == 2 && now.isSynced());
    } finally {
      cluster.close();
    }
  }

  @Test
  void connectionsThatTheNetworkForgetsAreReplaced() throws Exception {
    RealKubernetes cluster = cluster();
    try (Source source = cluster.source()) {
      cluster.put(List.of(instance(order, 1)));
      source.start(sink);
      sink.await("the first", seen -> seen.endpointsOf(order).size() == 1 && seen.isSynced());

      link.forget();
      cluster.put(List.of(instance(order, 2)));
      sink.await(
          "what came meanwhile", now -> now.endpointsOf(order).size() == 2 && now.isSynced());
      assertThat(sink.history()).noneMatch(seen -> seen.isSynced() && seen.services().isEmpty());
    } finally {
      cluster.close();
    }
  }

  @Test
  void connectionsThatBreakAgainAndAgainLoseNothing() throws Exception {
    RealKubernetes cluster = cluster();
    try (Source source = cluster.source()) {
      cluster.put(List.of(instance(order, 1)));
      source.start(sink);
      sink.await("the first", seen -> seen.endpointsOf(order).size() == 1 && seen.isSynced());
      for (int i = 2; i <= 6; i++) {
        int count = i;
        link.reset();
        cluster.put(List.of(instance(order, i)));
        sink.await("a change after a reset", seen -> seen.endpointsOf(order).size() == count);
      }
      sink.await("the sync", Seen::isSynced);
      assertThat(
              sink.history().stream()
                  .filter(seen -> seen.endpoints().containsKey(order))
                  .map(seen -> seen.endpointsOf(order).size()))
          .as("instances over time")
          .isSorted();
      assertThat(sink.repeats()).isEmpty();
    } finally {
      cluster.close();
    }
  }

  /** 410: etcd has compacted the version, and a new API server remembers nothing before itself. */
  @Test
  void aVersionThatIsTooOldIsReadAnewAndNothingFlaps() throws Exception {
    RealKubernetes cluster = cluster();
    KubeApiServer api = requireNonNull(server);
    try (Source source = cluster.source()) {
      cluster.put(List.of(instance(order, 1), instance(quote, 2)));
      source.start(sink);
      sink.await(
          "both",
          seen -> seen.endpointsOf(quote).size() == 1 && seen.endpointsOf(order).size() == 1);

      link.cut();
      sink.await("the loss", seen -> seen.lost() != null);
      cluster.put(List.of(instance(order, 3)));
      compact(api.etcd().endpoint());
      api.restart();
      link.mend();
      link.reset();

      sink.await("what came meanwhile", seen -> seen.endpointsOf(order).size() == 2);
      sink.await("the sync", Seen::isSynced);
      assertThat(sink.events())
          .as("what did not change is told once")
          .filteredOn(
              event ->
                  event instanceof SourceEvent.EndpointsReplaced(ServiceId service, _)
                      && service.equals(quote))
          .hasSize(1);
    } finally {
      cluster.close();
    }
  }

  private static void compact(String endpoint) throws Exception {
    try (Client client = Client.builder().endpoints(endpoint).build()) {
      long now =
          client
              .getKVClient()
              .get(ByteSequence.from("/", StandardCharsets.UTF_8))
              .get(10, TimeUnit.SECONDS)
              .getHeader()
              .getRevision();
      client.getKVClient().compact(now).get(10, TimeUnit.SECONDS);
    }
  }
}
