package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.server.delivery.DeltaTable.row;
import static dev.skiffmesh.server.delivery.DeltaTable.rows;
import static dev.skiffmesh.translator.resource.ResourceKind.CLUSTER;
import static dev.skiffmesh.translator.resource.ResourceKind.ENDPOINT;
import static dev.skiffmesh.translator.resource.ResourceKind.LISTENER;
import static dev.skiffmesh.translator.resource.ResourceKind.ROUTE;
import static dev.skiffmesh.translator.resource.ResourceKind.VIRTUAL_HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingReach;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a proxy asks for at its first call, and what it hears: rules seen on a real Envoy 1.40. */
class OnDemandStreamTest {

  private static final SortedMap<String, String> HOSTS =
      new TreeMap<>(
          Map.of("rc/a.b", "rc/a", "rc/a.b:80", "rc/a", "rc/b.b", "rc/b", "rc/c.b", "rc/c"));

  private static final TestingSnapshot OWN =
      TestingSnapshot.EMPTY
          .with(TestingSnapshot.listener("out", "rc", 10_000))
          .with(TestingSnapshot.routes("rc", true, 0));

  private TestingSnapshot mesh = with(TestingSnapshot.EMPTY, "a", "b");
  private final DeltaTable table = new DeltaTable();

  private static TestingSnapshot with(TestingSnapshot to, String... services) {
    TestingSnapshot grown = to;
    for (String service : services) {
      grown =
          grown
              .withService(service, 0)
              .with(TestingSnapshot.virtualHost("rc/" + service, service, 0));
    }
    return grown;
  }

  /** What the proxy is sent, while it may ask for all of {@link #mesh}. */
  private TestingSnapshot scope(String... services) {
    return with(OWN, services).reaching(new TestingReach(mesh, HOSTS));
  }

  private List<String> wanted() {
    List<String> all =
        table.notices.stream()
            .filter(Notice.Wanted.class::isInstance)
            .map(Notice.Wanted.class::cast)
            .map(wanted -> wanted.kind() + " asked " + wanted.asked() + " held " + wanted.held())
            .toList();
    table.notices.clear();
    return all;
  }

  @BeforeEach
  void connect() {
    table.publish(scope());
    table.asks(CLUSTER).asks(LISTENER).asks(ROUTE, "rc").asks(VIRTUAL_HOST);
    assertThat(rows(table.settles()))
        .containsExactly("cluster", "listener +out", "route +rc", "virtual-host -rc/init");
    assertThat(wanted()).isEmpty();
  }

  @Test
  void theFirstCallGetsClusterAssignmentAndHostInThisOrderAtOnce() {
    table.asks(VIRTUAL_HOST, "rc/a.b:80");
    assertThat(table.sends()).isEmpty();
    assertThat(wanted()).containsExactly("virtual-host asked [rc/a.b:80] held []");

    table.publish(scope("a"));
    List<StreamResponse> sent = table.sends();
    assertThat(rows(sent))
        .containsExactly("cluster +a", "endpoint +a", "virtual-host +rc/a=rc/a.b:80");
    sent.forEach(table::acks);
    assertThat(table.settles()).isEmpty();
  }

  @Test
  void twoNamesOfOneServiceAreOneResource() {
    table.asks(VIRTUAL_HOST, "rc/a.b:80").asks(VIRTUAL_HOST, "rc/a.b");
    table.publish(scope("a"));
    assertThat(row(table.settles().getLast())).isEqualTo("virtual-host +rc/a=rc/a.b=rc/a.b:80");
  }

  @Test
  void aHostUnderItsOwnNameNeedsNoOther() {
    table.asks(VIRTUAL_HOST, "rc/a");
    table.publish(scope("a"));
    assertThat(row(table.settles().getLast())).isEqualTo("virtual-host +rc/a");
  }

  @Test
  void aSecondNameOfWhatItHasIsAnsweredWithIt() {
    table.publish(scope("a"));
    table.settles();
    table.asks(VIRTUAL_HOST, "rc/a.b");
    assertThat(rows(table.settles())).containsExactly("virtual-host +rc/a=rc/a.b");
  }

  @Test
  void aNameThatComesWhileItsHostIsOnTheWayIsAnsweredByTheNextOne() {
    table.asks(VIRTUAL_HOST, "rc/a.b").publish(scope("a"));
    List<StreamResponse> sent = table.sends();
    table.asks(VIRTUAL_HOST, "rc/a.b:80");
    assertThat(table.sends()).isEmpty();
    sent.forEach(table::acks);
    assertThat(rows(table.settles())).containsExactly("virtual-host +rc/a=rc/a.b:80");
  }

  @Test
  void anUnknownHostIsAnsweredAtOnceAndPushedWhenItAppears() {
    table.asks(VIRTUAL_HOST, "rc/c.b");
    assertThat(rows(table.settles())).containsExactly("virtual-host ?rc/c.b");
    assertThat(wanted()).isEmpty();

    mesh = with(mesh, "c");
    table.publish(scope());
    assertThat(table.settles()).isEmpty();
    assertThat(wanted()).containsExactly("virtual-host asked [rc/c.b] held []");
    table.publish(scope("c"));
    assertThat(rows(table.settles()))
        .containsExactly("cluster +c", "endpoint +c", "virtual-host +rc/c");
  }

  @Test
  void aHostThatGoesAwayIsRemovedAndComesBackByItself() {
    table.asks(VIRTUAL_HOST, "rc/a.b").publish(scope("a"));
    table.settles();
    mesh = mesh.withoutService("a").without(VIRTUAL_HOST, "rc/a");
    table.publish(scope());
    assertThat(rows(table.settles())).containsExactly("virtual-host -rc/a", "cluster -a");

    mesh = with(mesh, "a");
    table.publish(scope("a"));
    assertThat(rows(table.settles()))
        .containsExactly("cluster +a", "endpoint +a", "virtual-host +rc/a");
  }

  @Test
  void whoWaitsForAHostThatGoesAwayMeanwhileHearsThatThereIsNone() {
    table.asks(VIRTUAL_HOST, "rc/a.b");
    mesh = mesh.withoutService("a").without(VIRTUAL_HOST, "rc/a");
    table.publish(scope());
    assertThat(rows(table.settles())).containsExactly("virtual-host ?rc/a.b");
  }

  @Test
  void whatTheProxyRejectsEndsTheWaiting() {
    table.asks(VIRTUAL_HOST, "rc/a.b").publish(scope("a"));
    List<StreamResponse> sent = table.sends();
    sent.subList(0, 2).forEach(table::acks);
    table.nacks(sent.getLast(), "duplicate domain");
    assertThat(rows(table.settles())).containsExactly("virtual-host ?rc/a.b");

    table.publish(scope("a").with(TestingSnapshot.virtualHost("rc/a", "a", 1)));
    assertThat(rows(table.settles())).containsExactly("virtual-host +rc/a");
  }

  @Test
  void oneBadHostDoesNotKeepOthersWaiting() {
    table.asks(VIRTUAL_HOST, "rc/a.b", "rc/b.b").publish(scope("a", "b"));
    List<StreamResponse> sent = table.sends();
    assertThat(row(sent.getLast())).isEqualTo("virtual-host +rc/a=rc/a.b +rc/b=rc/b.b");
    sent.subList(0, sent.size() - 1).forEach(table::acks);
    table.nacks(sent.getLast(), "no");

    StreamResponse first = table.sends().getFirst();
    assertThat(row(first)).isEqualTo("virtual-host +rc/a=rc/a.b");
    table.nacks(first, "no");
    assertThat(rows(table.settles()))
        .containsExactlyInAnyOrder("virtual-host +rc/b=rc/b.b", "virtual-host ?rc/a.b");
  }

  @Test
  void aReconnectedProxyKeepsWhatTheMeshHasAndIsSentNothing() {
    table.asks(VIRTUAL_HOST, "rc/a.b").publish(scope("a"));
    table.settles();
    Farewell farewell = StreamReport.farewell(table.state);
    TestingSnapshot had = scope("a");

    table.state = StreamState.begin(new StreamId(2), farewell);
    wanted();
    reconnects(had);
    // Nobody knows yet what this workload uses.
    table.publish(scope());
    assertThat(table.settles()).isEmpty();
    assertThat(wanted())
        .containsExactly(
            "cluster asked [] held [a]",
            "endpoint asked [] held [a]",
            "virtual-host asked [rc/a.b] held [rc/a]");
    table.publish(scope("a"));
    assertThat(table.settles()).isEmpty();
  }

  @Test
  void whatNobodyRemembersToHaveAnsweredIsAnsweredAgain() {
    TestingSnapshot had = scope("a");
    table.state = StreamState.begin(new StreamId(2), Farewell.NONE);
    table.publish(had);
    reconnects(had);
    assertThat(rows(table.settles())).containsExactly("virtual-host +rc/a=rc/a.b");
    assertThat(table.notices).contains(new Notice.AnsweredAgain(1));
  }

  private void reconnects(TestingSnapshot had) {
    table
        .returns(CLUSTER, Map.of("a", had.version(CLUSTER, "a")))
        .returns(ENDPOINT, Map.of("a", had.version(ENDPOINT, "a")), "a")
        .returns(LISTENER, Map.of("out", had.version(LISTENER, "out")))
        .returns(ROUTE, Map.of("rc", had.version(ROUTE, "rc")), "rc")
        .returns(VIRTUAL_HOST, Map.of("rc/a", had.version(VIRTUAL_HOST, "rc/a")), "*", "rc/a.b");
  }

  @Test
  void anUnknownHostThatIsListedAgainIsNoNews() {
    table.state = StreamState.begin(new StreamId(2), Farewell.NONE);
    table.publish(scope());
    table.returns(VIRTUAL_HOST, Map.of("rc/c.b", "0"), "*", "rc/c.b");
    assertThat(rows(table.settles()))
        .doesNotContain("virtual-host ?rc/c.b", "virtual-host -rc/c.b");
  }

  @Test
  void whatIsGoneWhileItWasAwayIsRemoved() {
    TestingSnapshot had = scope("a");
    mesh = mesh.withoutService("a").without(VIRTUAL_HOST, "rc/a");
    table.state = StreamState.begin(new StreamId(2), Farewell.NONE);
    table.publish(scope());
    reconnects(had);
    assertThat(rows(table.settles()))
        .containsExactlyInAnyOrder("endpoint +a", "virtual-host -rc/a ?rc/a.b", "cluster -a");
  }

  @Test
  void whatIsDeclaredOnlyIsAllThereIs() {
    TestingSnapshot had = scope("a", "b");
    table.publish(had).settles();
    TestingReach declared = new TestingReach(with(TestingSnapshot.EMPTY, "a"), HOSTS);
    table.publish(with(OWN, "a").reaching(declared));
    assertThat(rows(table.settles())).containsExactly("virtual-host -rc/b", "cluster -b");
    table.asks(VIRTUAL_HOST, "rc/b.b");
    assertThat(rows(table.settles())).containsExactly("virtual-host ?rc/b.b");
  }

  @Test
  void namesBeyondWhatIsRememberedAreAnsweredToo() {
    String[] many = new String[DeliveryRules.MOST_HOSTS];
    for (int i = 0; i < many.length; i++) {
      many[i] = "rc/unknown-" + i;
    }
    table.asks(VIRTUAL_HOST, many);
    table.settles();
    table.asks(VIRTUAL_HOST, "rc/one-too-many");
    assertThat(rows(table.settles())).containsExactly("virtual-host ?rc/one-too-many");
    assertThat(table.notices).contains(new Notice.Forgotten(1));
    assertThat(table.state.kinds().get(VIRTUAL_HOST).open()).isEmpty();
    assertThat(new TreeSet<>(table.state.kinds().get(VIRTUAL_HOST).subscription().allNames()))
        .hasSize(DeliveryRules.MOST_HOSTS);
  }

  @Test
  void whileARegistryIsUnknownNothingIsGoneAndNoNameIsAbsent() {
    DeltaTable returned = new DeltaTable();
    TestingSnapshot known = scope("a");
    returned.publish(known.reaching(new PartialReach(known.reach())));
    returned.returns(CLUSTER, Map.of("z", "v1"), "*");
    returned.returns(VIRTUAL_HOST, Map.of("rc/z", "v1"), "*");
    returned.returns(ENDPOINT, Map.of("z", "v1"), "z");
    returned.asks(VIRTUAL_HOST, "rc/unknown.b");
    assertThat(rows(returned.settles()).toString()).doesNotContain("z").doesNotContain("unknown");

    returned.publish(known);
    assertThat(rows(returned.settles()).toString())
        .contains("-z")
        .contains("-rc/z")
        .contains("rc/unknown.b");
  }

  @Test
  void whileARegistryIsUnknownARouteConfigurationWithItsHostsIsKept() {
    TestingSnapshot known = scope("a").with(TestingSnapshot.routesTo("whole", "a"));
    DeltaTable returned = new DeltaTable();
    returned.publish(known.reaching(new PartialReach(known.reach())));
    returned.returns(ROUTE, Map.of("whole", "v1"), "whole");
    assertThat(rows(returned.settles())).isEmpty();

    returned.publish(known);
    assertThat(rows(returned.settles())).containsExactly("route +whole");

    DeltaTable early = new DeltaTable();
    early.returns(ROUTE, Map.of("whole", "v1"), "whole");
    early.publish(known.reaching(new PartialReach(known.reach())));
    assertThat(rows(early.settles())).as("asked for before anything was known").isEmpty();
  }
}
