package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is Nacos's own, beside the contract of all sources; one server for all tests of a class. */
@Timeout(180)
abstract class NacosSourceContract extends SourceContractTest {

  private final String service = "order-" + UUID.randomUUID().toString().substring(0, 8);
  private final TestingSink sink = new TestingSink();

  abstract NacosServer server();

  /** How often services are listed while a new one is waited for. */
  abstract Duration discovery();

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

  /** More than a page holds, and more than the fuzzy watch of 3.x tells of. */
  @Test
  void aListingOfSeveralPagesIsWholeInWhateverGroups() throws Exception {
    int many = 1_100;
    String namespace = "ns-" + service;
    try (RealNacos day = new RealNacos(server(), namespace, "DAY");
        RealNacos night = new RealNacos(server(), namespace, "NIGHT");
        Source source =
            new NacosSource(
                settings(
                    List.of(new NacosSettings.Namespace(namespace, "trading")),
                    List.of("*"),
                    Duration.ofMillis(500)))) {
      List<Instance> all = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        all.add(Instance.of(service + "-" + i, "10.0.0.1", 8080));
      }
      day.put(all);
      night.put(List.of(instance(1)));

      source.start(sink);

      Seen seen = sink.await("the sync", Seen::isSynced);
      assertThat(seen.endpoints()).hasSize(many + 1);
    }
  }

  @Test
  void groupsAreFoundByTheirPattern() throws Exception {
    String namespace = "ns-" + service;
    try (RealNacos one = new RealNacos(server(), namespace, "NIGHT-A");
        RealNacos other = new RealNacos(server(), namespace, "DAY");
        RealNacos later = new RealNacos(server(), namespace, "NIGHT-B");
        Source source =
            new NacosSource(
                settings(
                    List.of(new NacosSettings.Namespace(namespace, "trading")),
                    List.of("DEFAULT_GROUP", "NIGHT-*"),
                    Duration.ofMillis(500)))) {
      one.put(List.of(instance(1)));
      other.put(List.of(instance(2)));
      source.start(sink);
      ServiceId night = new ServiceId("trading-night-a", service);
      Seen seen =
          sink.await("the group", now -> !now.endpointsOf(night).isEmpty() && now.isSynced());
      assertThat(seen.endpoints()).containsOnlyKeys(night);

      later.put(List.of(instance(3)));
      sink.await(
          "a new group",
          now -> !now.endpointsOf(new ServiceId("trading-night-b", service)).isEmpty());
    }
  }

  /**
   * The wait is shorter than {@link #discovery()} on 3.x. How long it takes is printed and not
   * asserted: 3 s are promised, and a machine under load takes what it takes.
   */
  @Test
  void aNewServiceShowsSoon() throws Exception {
    try (RealNacos provider = new RealNacos(server());
        Source source =
            new NacosSource(
                settings(
                    List.of(NacosSettings.Namespace.PUBLIC),
                    List.of("DEFAULT_GROUP"),
                    discovery()))) {
      source.start(sink);
      sink.await("the sync", Seen::isSynced);
      Duration longest = Duration.ZERO;
      for (int i = 0; i < 10; i++) {
        ServiceId id = id(service + "-new-" + i);
        long start = System.nanoTime();
        provider.put(List.of(Instance.of(id.name(), "10.0.0.1", 8080)));
        sink.await("a new service", seen -> !seen.endpointsOf(id).isEmpty());
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        longest = longest.compareTo(took) < 0 ? took : longest;
      }
      System.out.printf(
          "measured: Nacos %s, listed every %s: a new service shows after at most %d ms%n",
          server().version().number(), discovery(), longest.toMillis());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Order_Service", "order:v2", "acme.Order", "ORDER-1", "trading@order"})
  void everyNameThatNacosTakesIsOneInTheMesh(String name) throws Exception {
    String unusual = name + "-" + service;
    try (RealNacos provider = new RealNacos(server());
        Source source = provider.source()) {
      provider.put(List.of(Instance.of(unusual, "10.0.0.1", 8080)));
      source.start(sink);

      ServiceId id = provider.idOf(unusual);
      Seen seen = sink.await("the service", now -> !now.endpointsOf(id).isEmpty());
      assertThat(seen.service(id).orElseThrow().aliases()).containsExactly(unusual);
    }
  }

  @Test
  void whatAnInstanceSaysOfItselfIsKept() throws Exception {
    var instance = new com.alibaba.nacos.api.naming.pojo.Instance();
    instance.setIp("10.0.0.7");
    instance.setPort(8443);
    instance.setClusterName("EAST");
    instance.setWeight(0.25);
    instance.setMetadata(
        Map.of(
            "secure", "true",
            "gRPC.port", "9090",
            "management.port", "8081",
            "lane", "Gray",
            "preserved.register.source", "SPRING_CLOUD"));
    var copied = new com.alibaba.nacos.api.naming.pojo.Instance();
    copied.setIp("10.0.0.8");
    copied.setPort(80);
    copied.setMetadata(Map.of("register-resource", "mcp-bridge"));
    try (RealNacos provider = new RealNacos(server());
        Source source = provider.source()) {
      provider.putAsItIs(service, instance);
      provider.putAsItIs(service, copied);
      provider.putAsItIs(service + "-copied", copied);
      provider.put(List.of(Instance.of("consumers:" + service, "10.0.0.9", 1)));
      source.start(sink);

      Seen seen = sink.await("the sync", Seen::isSynced);
      Endpoint endpoint = seen.endpointsOf(id(service)).getFirst();
      assertThat(seen.endpointsOf(id(service))).hasSize(1);
      assertThat(endpoint.ports())
          .isEqualTo(Map.of("https", 8443, "grpc", 9090, "management", 8081));
      assertThat(endpoint.locality().zone()).isEqualTo("EAST");
      assertThat(endpoint.weight()).isEqualByComparingTo("0.25");
      assertThat(endpoint.labels())
          .containsEntry("lane", "Gray")
          .doesNotContainKey("preserved.register.source");
      assertThat(seen.service(id(service)).orElseThrow().ports())
          .extracting(ServicePort::name)
          .containsExactly("https", "grpc", "management");
      assertThat(seen.service(id(service + "-copied"))).isEmpty();
      assertThat(seen.service(id("consumers-" + service))).isEmpty();
    }
  }

  @Test
  void anInstanceThatStaysWithoutItsClientIsOneToo() throws Exception {
    var instance = new com.alibaba.nacos.api.naming.pojo.Instance();
    instance.setIp("127.0.0.1");
    instance.setPort(server().port());
    try (RealNacos provider = new RealNacos(server());
        Source source = provider.source()) {
      provider.putPersistent(service + "-stays", instance);
      source.start(sink);
      ServiceId id = id(service + "-stays");
      sink.await("the instance", seen -> !seen.endpointsOf(id).isEmpty());

      provider.removePersistent(service + "-stays", instance);
      sink.await("no instance", seen -> seen.endpointsOf(id).isEmpty());
    }
  }

  private NacosSettings settings(
      List<NacosSettings.Namespace> namespaces, List<String> groups, Duration discovery) {
    NacosSettings usual = NacosSettings.of("legacy", server().address());
    return new NacosSettings(
        usual.name(),
        usual.server(),
        namespaces,
        groups,
        usual.services(),
        usual.credentials(),
        usual.client(),
        new NacosSettings.Timing(discovery, usual.timing().settle()));
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
