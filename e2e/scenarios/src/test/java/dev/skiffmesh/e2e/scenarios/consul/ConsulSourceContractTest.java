package dev.skiffmesh.e2e.scenarios.consul;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.ConsulAgent;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On one real Consul agent, through a network that is slow, and that a test may cut. */
@Timeout(180)
class ConsulSourceContractTest extends SourceContractTest {

  private static final Duration LATENCY = Duration.ofMillis(10);

  private static @Nullable ConsulAgent agent;

  private final String service = "order-" + UUID.randomUUID().toString().substring(0, 8);
  private final ServiceId id = new ServiceId("default", service);
  private final TestingSink sink = new TestingSink();

  @BeforeAll
  static void startAgent() {
    agent = ConsulAgent.start();
  }

  @AfterAll
  static void closeAgent() {
    if (agent != null) {
      agent.close();
    }
  }

  private static RealConsul consul() {
    return new RealConsul(requireNonNull(agent), LATENCY, "");
  }

  @Override
  protected TestingRegistry registry() {
    return consul();
  }

  private Instance instance(int number) {
    return Instance.of(service, "10.0.0." + number, 8080);
  }

  private List<String> addresses(Seen seen) {
    return seen.endpointsOf(id).stream().map(Endpoint::address).toList();
  }

  @Test
  void whatIsRegisteredIsWhatTheMeshHas() throws Exception {
    try (RealConsul consul = consul();
        Source source = consul.source()) {
      consul.register(
          """
          {"Node":"NODE","Address":"10.9.9.9","NodeMeta":{"zone":"b"},
          "Service":{"ID":"%1$s-1","Service":"%1$s","Port":8443,
          "Tags":["secure=true","lane=Blue","canary","v1"],"Meta":{"gRPC_port":"9091"},
          "Weights":{"Passing":10,"Warning":2}},
          "Checks":[{"Node":"NODE","CheckID":"a","Name":"a","Status":"warning","ServiceID":"%1$s-1"},
          {"Node":"NODE","CheckID":"b","Name":"b","Status":"passing","ServiceID":"%1$s-1"}]}
          """
              .formatted(service));
      source.start(sink);
      Seen seen = sink.await("the instance", now -> addresses(now).size() == 1);
      Endpoint endpoint = seen.endpointsOf(id).getFirst();
      assertThat(endpoint.address()).as("the node's, as it has none").isEqualTo("10.9.9.9");
      assertThat(endpoint.ports()).isEqualTo(Map.of("https", 8443, "grpc", 9091));
      assertThat(endpoint.weight()).isEqualByComparingTo("2");
      assertThat(endpoint.health()).isEqualTo(Health.HEALTHY);
      assertThat(endpoint.locality().zone()).isEqualTo("b");
      assertThat(endpoint.labels())
          .containsEntry("lane", "Blue")
          .containsEntry("tags", "canary,v1");
      assertThat(seen.service(new ServiceId("default", "consul"))).isEmpty();
    }
  }

  @Test
  void aNodesOwnCheckConcernsAllThatRunsThere() throws Exception {
    try (RealConsul consul = consul();
        Source source = consul.source()) {
      consul.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the instance", seen -> addresses(seen).size() == 1);
      consul.register(
          """
          {"Node":"NODE","Address":"10.9.9.9","SkipNodeUpdate":true,"Check":{"Node":"NODE",
          "CheckID":"disk","Name":"disk","Status":"critical"}}
          """);
      sink.await(
          "that it is ill", seen -> seen.endpointsOf(id).getFirst().health() == Health.UNHEALTHY);
      consul.register(
          """
          {"Node":"NODE","Address":"10.9.9.9","SkipNodeUpdate":true,"Check":{"Node":"NODE",
          "CheckID":"_node_maintenance","Name":"maintenance","Status":"critical"}}
          """);
      sink.await("that it is taken out", seen -> !seen.endpointsOf(id).getFirst().enabled());
    }
  }

  @Test
  void proxiesAreNoServices() throws Exception {
    try (RealConsul consul = consul();
        Source source = consul.source()) {
      consul.put(List.of(instance(1)));
      consul.register(
          """
          {"Node":"NODE","Address":"10.9.9.9","Service":{"ID":"side","Service":"%1$s-sidecar-proxy",
          "Kind":"connect-proxy","Port":20000,"Proxy":{"DestinationServiceName":"%1$s"}}}
          """
              .formatted(service));
      source.start(sink);
      Seen seen = sink.await("the service", now -> addresses(now).size() == 1 && now.isSynced());
      assertThat(seen.service(new ServiceId("default", service + "-sidecar-proxy"))).isEmpty();
    }
  }

  @Test
  void aHalfOpenConnectionIsALoss() throws Exception {
    try (RealConsul consul = consul();
        Source source = consul.source()) {
      consul.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", seen -> addresses(seen).size() == 1 && seen.isSynced());

      consul.link().cutAnswers();
      Seen seen = sink.await("the loss", now -> now.lost() != null);
      assertThat(seen.lost()).contains("has not answered for 2000 ms");
      assertThat(addresses(seen)).containsExactly("10.0.0.1");
      consul.put(List.of(instance(2)));

      consul.restore();
      sink.await("what came meanwhile", now -> addresses(now).size() == 2 && now.isSynced());
    }
  }

  @Test
  void connectionsThatTheNetworkForgetsAreReplaced() throws Exception {
    try (RealConsul consul = consul();
        Source source = consul.source()) {
      consul.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", seen -> addresses(seen).size() == 1 && seen.isSynced());

      consul.link().forget();
      consul.put(List.of(instance(2)));
      sink.await("what came meanwhile", now -> addresses(now).size() == 2 && now.isSynced());
    }
  }

  @Test
  void connectionsThatBreakAgainAndAgainLoseNothing() throws Exception {
    try (RealConsul consul = consul();
        Source source = consul.source()) {
      consul.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", seen -> addresses(seen).size() == 1 && seen.isSynced());
      for (int i = 2; i <= 6; i++) {
        int count = i;
        consul.link().reset();
        consul.put(List.of(instance(i)));
        sink.await("a change after a reset", seen -> addresses(seen).size() == count);
      }
      sink.await("the sync", Seen::isSynced);
      assertThat(
              sink.history().stream()
                  .filter(seen -> seen.endpoints().containsKey(id))
                  .map(seen -> addresses(seen).size()))
          .as("instances over time")
          .isSorted();
    }
  }
}
