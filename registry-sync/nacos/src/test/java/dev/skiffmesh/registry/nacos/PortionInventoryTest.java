package dev.skiffmesh.registry.nacos;

import static dev.skiffmesh.registry.nacos.Instances.PORTION;
import static dev.skiffmesh.registry.nacos.Instances.healthy;
import static dev.skiffmesh.registry.nacos.Instances.instance;
import static dev.skiffmesh.registry.nacos.Instances.registration;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.TestingSink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortionInventoryTest {

  private static final Duration SETTLE = Duration.ofSeconds(10);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ServiceId ORDER = new ServiceId("default", "order");

  private final TestingSink sink = new TestingSink();
  private final PortionInventory inventory =
      new PortionInventory(PORTION, "legacy", SETTLE, new ChangedOnly(sink));

  @Test
  void sendsNothingBeforeThePortionWasSeenWhole() {
    listed(START, "order", "quote");
    told(START, registration("order", 1, instance("10.0.0.1", 8080)));
    assertThat(sink.events()).isEmpty();
    assertThat(inventory.isComplete()).isFalse();

    told(START, registration("quote", 1, instance("10.0.0.2", 8080)));

    assertThat(inventory.isComplete()).isTrue();
    assertThat(sink.events()).hasSize(3);
    assertThat(sink.events().getFirst()).isInstanceOf(SourceEvent.ServicesReplaced.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1_000})
  void oneServiceMoreIsToldAlone(int services) {
    List<SourceEvent> told = new ArrayList<>();
    PortionInventory large = new PortionInventory(PORTION, "legacy", SETTLE, told::add);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      names.add("s-" + i);
    }
    large.listed(names, START);
    for (String name : names) {
      large.told(registration(name, 1, instance("10.0.0.1", 8080)), START);
      large.flush();
    }
    // The whole portion once, and not with each of its services.
    assertThat(told).hasSize(1 + services);
    told.clear();

    names.add("new");
    large.listed(names, START);
    large.told(registration("new", 1, instance("10.0.0.2", 8080)), START);
    large.flush();

    assertThat(told).hasSize(2);
    assertThat(told.getFirst())
        .isInstanceOfSatisfying(
            SourceEvent.ServicesChanged.class,
            changed -> {
              assertThat(changed.put()).containsOnlyKeys(new ServiceId("default", "new"));
              assertThat(changed.removed()).isEmpty();
            });
  }

  @Test
  void anEmptyPortionIsSeenWhole() {
    listed(START);

    assertThat(sink.events())
        .containsExactly(new SourceEvent.ServicesReplaced(PORTION.name(), new TreeMap<>()));
  }

  @Test
  void anOlderAnswerChangesNothing() {
    synced("10.0.0.1", "10.0.0.2");

    told(START, registration("order", 99, instance("10.0.0.1", 8080)));

    assertThat(addresses()).containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void inNormalTimesEveryAnswerCountsAtOnce() {
    synced("10.0.0.1", "10.0.0.2");

    told(START, registration("order", 200));

    assertThat(addresses()).isEmpty();
    assertThat(sink.seen().service(ORDER).map(Service::ports).orElseThrow()).isNotEmpty();
    listed(START);
    assertThat(sink.seen().service(ORDER)).isEmpty();
  }

  @Test
  void anEmptyRegistryAfterALossIsNotBelievedAtOnce() {
    synced("10.0.0.1", "10.0.0.2");
    inventory.disconnected();
    Instant back = START.plusSeconds(60);

    listed(back);
    assertThat(addresses()).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(inventory.isComplete()).isFalse();

    settle(back.plus(SETTLE).minusMillis(1));
    assertThat(addresses()).containsExactly("10.0.0.1", "10.0.0.2");
    listed(back.plus(SETTLE));
    settle(back.plus(SETTLE));
    assertThat(sink.seen().service(ORDER)).isEmpty();
    assertThat(inventory.isComplete()).isTrue();
  }

  @Test
  void providersThatComeBackOneByOneAreNotSeenToBeGone() {
    synced("10.0.0.1", "10.0.0.2");
    inventory.disconnected();
    Instant back = START.plusSeconds(60);
    listed(back);
    listed(back.plusSeconds(3), "order");
    told(back.plusSeconds(3), registration("order", 1, instance("10.0.0.2", 8080)));
    assertThat(addresses()).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(inventory.isComplete()).isFalse();

    told(
        back.plusSeconds(6),
        registration("order", 2, instance("10.0.0.1", 8080), instance("10.0.0.2", 8080)));

    assertThat(inventory.isComplete()).isTrue();
    assertThat(sink.history())
        .filteredOn(seen -> seen.service(ORDER).isPresent())
        .filteredOn(seen -> seen.endpoints().containsKey(ORDER))
        .allMatch(seen -> seen.endpointsOf(ORDER).size() == 2);
    told(back.plusSeconds(7), registration("order", 3, instance("10.0.0.1", 8080)));
    assertThat(addresses()).containsExactly("10.0.0.1");
  }

  @Test
  void oneThatComesBackUnhealthyIsHeldToo() {
    synced("10.0.0.1");
    inventory.disconnected();
    listed(START, "order");

    told(START, registration("order", 1, healthy(instance("10.0.0.1", 8080), false)));

    assertThat(inventory.isComplete()).isFalse();
    settle(START.plus(SETTLE));
    assertThat(inventory.isComplete()).isTrue();
  }

  @Test
  void whatKeepsChangingIsBelievedAfterThreeTimesAsLong() {
    synced("10.0.0.1", "10.0.0.2");
    inventory.disconnected();
    listed(START, "order");
    int seconds = 0;
    for (; seconds < 30; seconds += 5) {
      Instant now = START.plusSeconds(seconds);
      told(now, registration("order", seconds, instance("10.0.1." + (seconds + 1), 8080)));
      settle(now);
      assertThat(addresses()).containsExactly("10.0.0.1", "10.0.0.2");
    }

    settle(START.plusSeconds(seconds));

    assertThat(addresses()).containsExactly("10.0.1.26");
  }

  @Test
  void aServiceThatDoesNotAnswerHoldsUpNobody() {
    listed(START, "bad", "order");
    told(START, registration("order", 1, instance("10.0.0.1", 8080)));
    assertThat(inventory.isComplete()).isFalse();

    inventory.untold("bad", "cannot be read");
    inventory.flush();

    assertThat(addresses()).containsExactly("10.0.0.1");
    assertThat(sink.seen().allFindings()).extracting(Finding::subject).contains("service bad");
    assertThat(inventory.listed(List.of("bad", "order"), START).toSubscribe())
        .containsExactly("bad");
  }

  @Test
  void aRefusedPortionKeepsWhatItHad() {
    synced("10.0.0.1");

    inventory.refused("Nacos refuses");
    inventory.flush();

    assertThat(sink.seen().unreadable()).containsExactly(PORTION.name());
    assertThat(sink.seen().allFindings())
        .extracting(Finding::code)
        .containsExactly(FindingCode.SOURCE_LOST);
    assertThat(addresses()).containsExactly("10.0.0.1");
    assertThat(inventory.isComplete()).isTrue();
    listed(START, "order");
    assertThat(sink.seen().unreadable()).isEmpty();
    assertThat(sink.seen().allFindings()).isEmpty();
  }

  @Test
  void aRefusedPortionStillGetsThePushesOfItsSubscriptions() {
    synced("10.0.0.1");
    inventory.refused("Nacos refuses");
    inventory.flush();

    told(START, registration("order", 200, instance("10.0.0.2", 8080)));

    assertThat(addresses()).containsExactly("10.0.0.2");
    assertThat(sink.seen().unreadable()).containsExactly(PORTION.name());
  }

  @Test
  void aPortionThatWasNeverReadTellsNothingWhileItIsRefused() {
    inventory.refused("Nacos refuses");
    inventory.flush();

    assertThat(sink.seen().services()).isEmpty();
    assertThat(inventory.isComplete()).isTrue();
  }

  @Test
  void aServiceThatIsNotListedThoughItHasInstancesIsDoubtful() {
    synced("10.0.0.1");
    assertThat(inventory.missing(Set.of())).containsExactly("order");
    assertThat(inventory.missing(Set.of("order"))).isEmpty();

    told(START, registration("order", 200));
    assertThat(inventory.missing(Set.of())).as("empty, as Nacos takes them off").isEmpty();

    inventory.disconnected();
    assertThat(inventory.missing(Set.of())).as("after a loss time decides").isEmpty();
  }

  @Test
  void whatABridgeWroteIsNoService() {
    listed(START, "order", "copied");
    told(START, registration("order", 1, instance("10.0.0.1", 8080)));
    told(START, registration("copied", 1, instance("10.0.0.2", 80, "register-resource=bridge")));
    ServiceId copied = new ServiceId("default", "copied");
    assertThat(sink.seen().service(copied)).isEmpty();

    told(START, registration("copied", 2, instance("10.0.0.3", 80)));
    assertThat(sink.seen().endpointsOf(copied)).hasSize(1);
    told(START, registration("copied", 3, instance("10.0.0.2", 80, "register-resource=bridge")));
    assertThat(sink.seen().service(copied)).isEmpty();
  }

  @Test
  void namesThatClashAreToldApartAndReported() {
    listed(START, "order_x", "order.x");
    told(START, registration("order_x", 1, instance("10.0.0.1", 8080)));
    told(START, registration("order.x", 1, instance("10.0.0.2", 8080)));

    assertThat(sink.seen().services().get(PORTION.name()).keySet())
        .extracting(ServiceId::name)
        .hasSize(2)
        .allMatch(name -> name.startsWith("order-x-"));
    assertThat(sink.seen().allFindings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(FindingCode.HOST_CLASH);
              assertThat(finding.subject()).contains("order_x").contains("order.x");
            });

    listed(START, "order_x");
    assertThat(sink.seen().service(new ServiceId("default", "order-x"))).isPresent();
    assertThat(sink.seen().endpointsOf(new ServiceId("default", "order-x"))).hasSize(1);
    assertThat(sink.seen().allFindings()).isEmpty();
  }

  @Test
  void repeatsTellNothing() {
    synced("10.0.0.1");
    int before = sink.events().size();

    told(START, registration("order", 200, instance("10.0.0.1", 8080)));
    listed(START, "order");
    settle(START);

    assertThat(sink.events()).hasSize(before);
  }

  @Test
  void readsAgainWhatWasToldLongestAgo() {
    listed(START, "a", "b", "c");
    told(START.plusSeconds(2), registration("a", 1));
    told(START.plusSeconds(1), registration("b", 1));
    told(START.plusSeconds(9), registration("c", 1));

    assertThat(inventory.toldBefore(START.plusSeconds(5), 10)).containsExactly("b", "a");
    assertThat(inventory.toldBefore(START.plusSeconds(5), 1)).containsExactly("b");
  }

  private void synced(String... addresses) {
    listed(START, "order");
    told(
        START,
        registration(
            "order",
            100,
            Arrays.stream(addresses)
                .map(address -> instance(address, 8080))
                .toArray(Registration.RegisteredInstance[]::new)));
    assertThat(inventory.isComplete()).isTrue();
    assertThat(addresses()).containsExactly(addresses);
  }

  private void listed(Instant now, String... services) {
    var _ = inventory.listed(List.of(services), now);
    inventory.flush();
  }

  private void told(Instant now, Registration registration) {
    inventory.told(registration, now);
    inventory.flush();
  }

  private void settle(Instant now) {
    inventory.settle(now);
    inventory.flush();
  }

  private List<String> addresses() {
    return sink.seen().endpointsOf(ORDER).stream().map(Endpoint::address).toList();
  }
}
