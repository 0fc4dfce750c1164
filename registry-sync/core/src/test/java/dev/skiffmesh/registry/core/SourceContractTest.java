package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.TestingRegistry.Ability;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every source of services must do, on the real registry that it is for. A registry's test
 * extends this and says how the registry is changed.
 */
public abstract class SourceContractTest {

  private static final int SERVICES_OF_A_BURST = 40;

  /** Names are a test's own, since the registry may be shared with others. */
  private final String unique = UUID.randomUUID().toString().substring(0, 8);

  private final TestingSink sink = new TestingSink();
  private TestingRegistry registry;
  private Source source;

  /** The registry that this test is about; closed after it. */
  protected abstract TestingRegistry registry() throws Exception;

  /** What the registry can do; all of it unless said otherwise. */
  protected Set<Ability> abilities() {
    return Set.of(Ability.values());
  }

  /**
   * How many instances come at once; less than 1,000 only where the registry itself is too slow.
   */
  protected int burst() {
    return 1_000;
  }

  @BeforeEach
  void open() throws Exception {
    registry = registry();
    source = registry.source();
  }

  @AfterEach
  void closeAndCheckWhatAlwaysHolds() throws Exception {
    try {
      source.close();
    } finally {
      registry.close();
    }
    assertThat(sink.repeats()).as("events that told nothing new").isEmpty();
    Seen seen = sink.seen();
    seen.endpoints()
        .forEach(
            (service, endpoints) -> {
              assertThat(seen.service(service)).as("the service of %s", endpoints).isPresent();
              assertThat(endpoints.endpoints())
                  .extracting(endpoint -> endpoint.key().registry())
                  .allMatch(source.name()::equals);
            });
    seen.services()
        .values()
        .forEach(
            services ->
                services
                    .values()
                    .forEach(
                        service ->
                            assertThat(service.registries()).containsExactly(source.name())));
  }

  @Test
  void tellsAllThatThereIsBeforeItIsSynced() throws Exception {
    Instance one = instance("order", 1).withLabel("version", "v1");
    Instance two = instance("order", 2).withLabel("version", "v2");
    Instance other = instance("quote", 3);
    registry.put(List.of(one, two, other));

    start();

    Seen first = sink.history().stream().filter(Seen::isSynced).findFirst().orElseThrow();
    assertThat(has(one, two).and(has(other)).test(first)).as("told at the first Synced").isTrue();
  }

  @Test
  void anEmptyRegistryIsSynced() throws Exception {
    start();

    assertThat(sink.seen().endpointsOf(id("order"))).isEmpty();
  }

  @Test
  void followsAnInstanceThroughItsLife() throws Exception {
    start();
    Instance one = instance("order", 1).withLabel("version", "v1");
    Instance two = instance("order", 2).withLabel("version", "v1");

    registry.put(List.of(one));
    sink.await("a new service", has(one));
    registry.put(List.of(two));
    sink.await("a second instance", has(one, two));
    Instance changed = two.withLabel("version", "v2");
    registry.put(List.of(changed));
    sink.await("a changed label", has(one, changed));
    registry.remove(one);
    sink.await("one gone", has(changed));
  }

  @Test
  void aServiceMayBecomeEmptyAndComeBack() throws Exception {
    Instance only = instance("order", 1);
    Instance neighbour = instance("quote", 2);
    registry.put(List.of(only, neighbour));
    start();
    sink.await("both", has(only).and(has(neighbour)));

    registry.remove(only);
    sink.await("none", seen -> seen.endpointsOf(id("order")).isEmpty());
    registry.put(List.of(only));
    sink.await("back again", has(only).and(has(neighbour)));
  }

  @Test
  void keepsWeightsAsDecimals() throws Exception {
    assumeTrue(abilities().contains(Ability.WEIGHT));
    Instance half = instance("order", 1).withWeight("0.5");
    Instance more = instance("order", 2).withWeight("2.5");
    registry.put(List.of(half, more));
    start();
    sink.await("decimal weights", has(half, more));

    Instance drained = more.withWeight("0");
    registry.put(List.of(drained));
    Seen seen = sink.await("a weight of 0", has(half, drained));

    assertThat(seen.endpointsOf(id("order"))).filteredOn(Endpoint::isDrained).hasSize(1);
  }

  @Test
  void anUnhealthyInstanceIsStillThere() throws Exception {
    assumeTrue(abilities().contains(Ability.HEALTH));
    Instance well = instance("order", 1);
    Instance ill = instance("order", 2);
    registry.put(List.of(well, ill));
    start();
    sink.await("both healthy", has(well, ill));

    registry.put(List.of(ill.withHealthy(false)));
    sink.await("one unhealthy", has(well, ill.withHealthy(false)));
    registry.put(List.of(ill));
    sink.await("both healthy again", has(well, ill));
  }

  @Test
  void aDisabledInstanceIsDrainedOrGone() throws Exception {
    Instance in = instance("order", 1);
    Instance out = instance("order", 2);
    registry.put(List.of(in, out));
    start();
    sink.await("both enabled", has(in, out));

    registry.put(List.of(out.withEnabled(false)));
    if (abilities().contains(Ability.ENABLED)) {
      Seen seen = sink.await("one disabled", has(in, out.withEnabled(false)));
      assertThat(seen.endpointsOf(id("order"))).filteredOn(Endpoint::isDrained).hasSize(1);
    } else {
      sink.await("the enabled one alone", has(in));
    }
    registry.put(List.of(out));
    sink.await("both enabled again", has(in, out));
  }

  @Test
  void copesWithABurst() throws Exception {
    start();
    List<Instance> all = new ArrayList<>();
    for (int i = 0; i < burst(); i++) {
      all.add(
          Instance.of(
              name("burst-" + i % SERVICES_OF_A_BURST),
              "10.1." + i / 250 + "." + (i % 250 + 1),
              8080));
    }

    registry.put(all);

    sink.await(
        "all of " + burst(),
        seen -> {
          int there = 0;
          for (int i = 0; i < SERVICES_OF_A_BURST; i++) {
            there += seen.endpointsOf(id("burst-" + i)).size();
          }
          return there == burst();
        });
  }

  @Test
  void anEntryThatMakesNoSenseLeavesItsNeighboursAlone() throws Exception {
    assumeTrue(abilities().contains(Ability.MALFORMED));
    Instance good = instance("order", 1);
    registry.put(List.of(good));
    start();
    sink.await("the good one", has(good));

    registry.putMalformed(good.service());
    Seen seen = sink.await("a finding", now -> !now.allFindings().isEmpty());
    assertThat(has(good).test(seen)).as("the good one is still there").isTrue();

    Instance next = instance("order", 2);
    registry.put(List.of(next));
    sink.await("a new neighbour", has(good, next));
    registry.removeMalformed(good.service());
    seen = sink.await("no finding", now -> now.allFindings().isEmpty());
    assertThat(has(good, next).test(seen)).as("the good ones are still there").isTrue();
  }

  @Test
  void whatChangesNothingSendsNothing() throws Exception {
    Instance one = instance("order", 1);
    registry.put(List.of(one));
    start();
    sink.await("the first", has(one));

    registry.touch();
    registry.put(List.of(one));
    Instance sentinel = instance("sentinel", 2);
    registry.put(List.of(sentinel));
    sink.await("what came after", has(sentinel).and(has(one)));

    assertThat(sink.repeats()).isEmpty();
  }

  @Test
  void keepsWhatItKnowsWhileItsRegistryIsLost() throws Exception {
    assumeTrue(abilities().contains(Ability.LOSS));
    Instance one = instance("order", 1);
    Instance two = instance("quote", 2);
    registry.put(List.of(one, two));
    start();
    sink.await("both", has(one).and(has(two)));
    assertThat(source.silence()).as("it has answered").isPresent();

    registry.lose();
    Seen seen = sink.await("the loss", now -> now.lost() != null);
    assertThat(has(one).and(has(two)).test(seen)).as("what was known stays").isTrue();
    assertThat(seen.lost()).isNotBlank();

    long restored = System.nanoTime();
    registry.restore();
    Instance three = instance("order", 3);
    registry.put(List.of(one, two, three));
    sink.await("all again", has(one, three).and(has(two)).and(Seen::isSynced));
    assertThat(source.silence().orElseThrow())
        .as("it has answered again")
        .isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - restored));
  }

  @Test
  void aRegistryThatIsLostAtTheStartIsFoundLater() throws Exception {
    assumeTrue(abilities().contains(Ability.LOSS));
    registry.lose();
    source.start(sink);
    sink.await("the loss", seen -> seen.lost() != null);
    assertThat(source.silence()).as("it has never answered").isEmpty();

    registry.restore();
    Instance one = instance("order", 1);
    registry.put(List.of(one));
    sink.await("the first", has(one).and(Seen::isSynced));
  }

  @Test
  void startsOnceAndIsClosedForGood() throws Exception {
    start();

    assertThatThrownBy(() -> source.start(sink)).isInstanceOf(IllegalStateException.class);
    source.close();
    source.close();

    assertThatThrownBy(() -> source.start(sink)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void sendsNothingAfterItIsClosed() throws Exception {
    Instance one = instance("order", 1);
    registry.put(List.of(one));
    start();
    sink.await("the first", has(one));

    source.close();
    int before = sink.events().size();
    Instance two = instance("order", 2);
    TestingSink other = new TestingSink();
    try (Source next = registry.source()) {
      next.start(other);
      registry.put(List.of(two));
      other.await("what another source sees", has(one, two));
    }

    assertThat(sink.events()).hasSize(before);
  }

  private void start() throws InterruptedException {
    source.start(sink);
    sink.await("the first sync", Seen::isSynced);
  }

  private Instance instance(String service, int number) {
    return Instance.of(name(service), "10.0.0." + number, 8000 + number);
  }

  private String name(String service) {
    return service + "-" + unique;
  }

  private ServiceId id(String service) {
    return registry.idOf(name(service));
  }

  /** The service of these instances has them and no others. */
  private Predicate<Seen> has(Instance... instances) {
    return seen -> {
      List<Endpoint> endpoints = seen.endpointsOf(registry.idOf(instances[0].service()));
      return endpoints.size() == instances.length
          && List.of(instances).stream()
              .allMatch(instance -> endpoints.stream().anyMatch(is(instance)));
    };
  }

  private static Predicate<Endpoint> is(Instance instance) {
    Health health = instance.healthy() ? Health.HEALTHY : Health.UNHEALTHY;
    return endpoint ->
        endpoint.address().equals(instance.address())
            && endpoint.ports().containsValue(instance.port())
            && endpoint.weight().compareTo(instance.weight()) == 0
            && endpoint.health() == health
            && endpoint.enabled() == instance.enabled()
            && hasAll(endpoint.labels(), instance.labels());
  }

  private static boolean hasAll(Map<String, String> labels, Map<String, String> wanted) {
    return labels.entrySet().containsAll(wanted.entrySet());
  }
}
