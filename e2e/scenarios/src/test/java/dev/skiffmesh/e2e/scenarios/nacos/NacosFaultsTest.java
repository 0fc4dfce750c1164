package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.alibaba.nacos.api.exception.NacosException;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contract of all sources where it is the network that fails and the server is well: slow, cut
 * so that nobody is told, half-open, and breaking connections.
 */
@Timeout(180)
class NacosFaultsTest extends SourceContractTest {

  private static final Duration LATENCY = Duration.ofMillis(15);

  private final String namespace = SharedNacos.namespace();
  private final String service = "order-" + UUID.randomUUID().toString().substring(0, 8);
  private final ServiceId id = new ServiceId("default", service);
  private final TestingSink sink = new TestingSink();

  @Override
  protected TestingRegistry registry() throws Exception {
    return nacos();
  }

  private LinkedNacos nacos() throws NacosException {
    return new LinkedNacos(SharedNacos.open(NacosVersion.V3), namespace, LATENCY);
  }

  @Override
  protected Set<TestingRegistry.Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(TestingRegistry.Ability.ENABLED));
  }

  @Test
  void aHalfOpenConnectionIsALoss() throws Exception {
    try (LinkedNacos nacos = nacos();
        Source source = nacos.source()) {
      nacos.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", seen -> addresses(seen).size() == 1 && seen.isSynced());

      nacos.cutAnswers();
      Seen seen = sink.await("the loss", now -> now.lost() != null);
      assertThat(addresses(seen)).containsExactly("10.0.0.1");
      nacos.put(List.of(instance(2)));

      nacos.restore();
      sink.await("what came meanwhile", now -> addresses(now).size() == 2 && now.isSynced());
    }
  }

  @Test
  void connectionsThatTheNetworkForgetsAreReplaced() throws Exception {
    try (LinkedNacos nacos = nacos();
        Source source = nacos.source()) {
      nacos.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", seen -> addresses(seen).size() == 1 && seen.isSynced());

      nacos.forget();
      nacos.put(List.of(instance(2)));
      sink.await("what came meanwhile", now -> addresses(now).size() == 2 && now.isSynced());
    }
  }

  @Test
  void connectionsThatBreakAgainAndAgainLoseNothing() throws Exception {
    int rounds = 8;
    try (LinkedNacos nacos = nacos();
        Source source = nacos.source()) {
      nacos.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", seen -> addresses(seen).size() == 1 && seen.isSynced());

      for (int i = 2; i <= rounds; i++) {
        int count = i;
        nacos.reset();
        nacos.put(List.of(instance(i)));
        sink.await("a change after a reset", seen -> addresses(seen).size() == count);
      }

      sink.await("the sync", Seen::isSynced);
      List<Integer> sizes =
          sink.history().stream()
              .filter(seen -> seen.endpoints().containsKey(id))
              .map(seen -> addresses(seen).size())
              .toList();
      assertThat(sizes).as("instances over time").isSorted();
      assertThat(sink.repeats()).isEmpty();
    }
  }

  private List<String> addresses(Seen seen) {
    return seen.endpointsOf(id).stream().map(Endpoint::address).toList();
  }

  private TestingRegistry.Instance instance(int number) {
    return TestingRegistry.Instance.of(service, "10.0.0." + number, 8080);
  }
}
