package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.registry.nacos.NacosSource;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is Nacos's own, beside the contract of all sources; one server for all tests of a class. */
@Timeout(180)
abstract class NacosSourceContract extends SourceContractTest {

  private final String service = "order-" + UUID.randomUUID().toString().substring(0, 8);
  private final TestingSink sink = new TestingSink();

  abstract NacosServer server();

  @Override
  protected TestingRegistry registry() throws Exception {
    return new RealNacos(server());
  }

  /** Nacos leaves disabled instances out of what it sends. */
  @Override
  protected Set<TestingRegistry.Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(TestingRegistry.Ability.ENABLED));
  }

  @Test
  void whatNacosProtectsIsNotTakenForRecovered() throws Exception {
    try (RealNacos provider = new RealNacos(server());
        Source source = provider.source()) {
      source.start(sink);
      provider.put(List.of(instance(1), instance(2).withHealthy(false)));
      sink.await("one healthy", seen -> healths(seen).equals(List.of(true, false)));

      // Half of them are healthy: from here on Nacos reports both as healthy.
      provider.protect(service, "0.6");
      provider.put(List.of(instance(1).withLabel("told", "again")));
      Seen seen = sink.await("the finding", this::isProtected);
      assertThat(healths(seen)).containsExactly(true, false);

      provider.protect(service, "0");
      provider.put(List.of(instance(1).withHealthy(false), instance(2)));
      sink.await(
          "the real health", now -> healths(now).equals(List.of(false, true)) && !isProtected(now));
    }
  }

  @Test
  void namespacesAndGroupsBecomeMeshNamespaces() throws Exception {
    NacosSettings usual = NacosSettings.of("legacy", server().address());
    NacosSettings settings =
        new NacosSettings(
            usual.name(),
            usual.server(),
            List.of(NacosSettings.Namespace.PUBLIC, new NacosSettings.Namespace("3f2a", "trading")),
            List.of("DEFAULT_GROUP", "NIGHT"),
            new NacosSettings.ServiceFilter(List.of(service + "*"), List.of("*-hidden")),
            usual.credentials(),
            usual.client(),
            usual.timing());
    try (RealNacos one = new RealNacos(server(), "3f2a", "NIGHT");
        RealNacos other = new RealNacos(server(), "public", "DEFAULT_GROUP");
        Source source = new NacosSource(settings)) {
      one.put(List.of(instance(1)));
      other.put(List.of(instance(2), Instance.of(service + "-hidden", "10.0.0.3", 8080)));

      source.start(sink);

      Seen seen = sink.await("the sync", Seen::isSynced);
      ServiceId night = new ServiceId("trading-night", service);
      assertThat(seen.endpointsOf(night)).extracting(Endpoint::address).containsExactly("10.0.0.1");
      assertThat(seen.service(night).orElseThrow().aliases()).containsExactly("NIGHT@@" + service);
      assertThat(addresses(seen)).containsExactly("10.0.0.2");
      assertThat(seen.service(id(service + "-hidden"))).isEmpty();
      assertThat(seen.services()).hasSize(4);
    }
  }

  @Test
  void aRestartedServerIsNotBelievedUntilItsProvidersAreBack() throws Exception {
    Duration settle = Duration.ofSeconds(8);
    try (RealNacos stays = new RealNacos(server());
        RealNacos ends = new RealNacos(server());
        Source source = new NacosSource(stays.settings(settle))) {
      ServiceId gone = id(service + "-gone");
      stays.put(List.of(instance(1), instance(2)));
      ends.put(List.of(Instance.of(gone.name(), "10.0.0.3", 8080)));
      source.start(sink);
      sink.await("both", has("10.0.0.1", "10.0.0.2").and(seen -> seen.service(gone).isPresent()));

      server().kill();
      sink.await("the loss", seen -> seen.lost() != null);
      ends.leave();
      server().restart();
      Seen seen = sink.await("the sync", Seen::isSynced);

      assertThat(addresses(seen)).containsExactly("10.0.0.1", "10.0.0.2");
      assertThat(seen.service(gone)).as("what is really gone").isEmpty();
      assertThat(sink.history())
          .filteredOn(then -> then.service(id(service)).isPresent())
          .filteredOn(then -> then.endpoints().containsKey(id(service)))
          .allMatch(then -> addresses(then).size() == 2);
    }
  }

  @Test
  void aServerThatHangsIsLostUntilItGoesOn() throws Exception {
    try (RealNacos provider = new RealNacos(server());
        Source source = provider.source()) {
      provider.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", has("10.0.0.1").and(Seen::isSynced));

      server().pause();
      try {
        Seen seen = sink.await("the loss", now -> now.lost() != null);
        assertThat(addresses(seen)).containsExactly("10.0.0.1");
      } finally {
        server().resume();
      }

      sink.await("the sync", Seen::isSynced);
      provider.put(List.of(instance(2)));
      sink.await("a change after it", has("10.0.0.1", "10.0.0.2"));
    }
  }

  private boolean isProtected(Seen seen) {
    return seen.allFindings().stream()
        .filter(finding -> finding.subject().contains(service))
        .map(Finding::code)
        .anyMatch(FindingCode.PROTECT_THRESHOLD::equals);
  }

  private Instance instance(int number) {
    return Instance.of(service, "10.0.0." + number, 8080);
  }

  private Predicate<Seen> has(String... addresses) {
    return seen -> addresses(seen).equals(List.of(addresses));
  }

  private List<String> addresses(Seen seen) {
    return seen.endpointsOf(id(service)).stream().map(Endpoint::address).toList();
  }

  private List<Boolean> healths(Seen seen) {
    return seen.endpointsOf(id(service)).stream()
        .map(endpoint -> endpoint.health() == Health.HEALTHY)
        .toList();
  }

  private static ServiceId id(String name) {
    return new ServiceId("default", name);
  }
}
