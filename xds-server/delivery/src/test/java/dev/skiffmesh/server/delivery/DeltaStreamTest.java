package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.server.delivery.DeltaTable.rows;
import static dev.skiffmesh.server.delivery.testing.TestingSnapshot.listener;
import static dev.skiffmesh.server.delivery.testing.TestingSnapshot.routes;
import static dev.skiffmesh.server.delivery.testing.TestingSnapshot.routesTo;
import static dev.skiffmesh.server.delivery.testing.TestingSnapshot.virtualHost;
import static dev.skiffmesh.translator.resource.ResourceKind.CLUSTER;
import static dev.skiffmesh.translator.resource.ResourceKind.ENDPOINT;
import static dev.skiffmesh.translator.resource.ResourceKind.EXTENSION;
import static dev.skiffmesh.translator.resource.ResourceKind.LISTENER;
import static dev.skiffmesh.translator.resource.ResourceKind.ROUTE;
import static dev.skiffmesh.translator.resource.ResourceKind.RUNTIME;
import static dev.skiffmesh.translator.resource.ResourceKind.VIRTUAL_HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The delta machine, row by row. */
class DeltaStreamTest {

  private static final TestingSnapshot TWO =
      TestingSnapshot.EMPTY.withService("a", 1).withService("b", 1);

  private final DeltaTable table = new DeltaTable();

  @Test
  void requestsWaitForTheFirstSnapshot() {
    table.asks(CLUSTER).asks(ENDPOINT, "a");
    assertThat(table.sends()).isEmpty();
    table.publish(TWO);
    assertThat(rows(table.sends())).containsExactly("cluster +a +b", "endpoint +a +b");
  }

  @Test
  void nothingIsSentTwice() {
    table.publish(TWO).asks(CLUSTER);
    assertThat(rows(table.settles())).containsExactly("cluster +a +b");
    table.asks(ENDPOINT, "a", "b");
    assertThat(rows(table.settles())).containsExactly("endpoint +a +b");
    table.publish(TWO);
    assertThat(table.settles()).isEmpty();
  }

  @Test
  void anEmptyWildcardIsAnsweredOnce() {
    table.publish(TestingSnapshot.EMPTY).asks(CLUSTER);
    assertThat(rows(table.settles())).containsExactly("cluster");
    assertThat(table.settles()).isEmpty();
  }

  @Test
  void onlyWhatChangedIsSent() {
    synced();
    ProxySnapshot next = TWO.with(TestingSnapshot.assignment("b", 2)).build();
    table.event(new StreamEvent.Published(next, Set.of("b")));
    assertThat(rows(table.settles())).containsExactly("endpoint +b");
  }

  @Test
  void newerContentReplacesWhatIsNotYetSent() {
    synced();
    table.publish(TWO.with(TestingSnapshot.assignment("b", 2)));
    StreamResponse first = table.sends().getFirst();
    table.publish(TWO.with(TestingSnapshot.assignment("b", 3)));
    table.publish(TWO.with(TestingSnapshot.assignment("b", 4)));
    assertThat(table.sends()).as("one unanswered response of a type").isEmpty();
    table.acks(first);
    List<StreamResponse> second = table.settles();
    assertThat(rows(second)).containsExactly("endpoint +b");
    assertThat(second.getFirst().resources().getFirst())
        .isEqualTo(TestingSnapshot.assignment("b", 4));
  }

  @Test
  void whatGoesBackWhileItIsOnItsWayIsSentBack() {
    synced();
    table.publish(TWO.with(TestingSnapshot.assignment("b", 2)));
    StreamResponse first = table.sends().getFirst();
    table.publish(TWO).acks(first);
    assertThat(table.settles().getFirst().resources().getFirst())
        .isEqualTo(TestingSnapshot.assignment("b", 1));
  }

  @Test
  void anAssignmentFollowsEachChangedCluster() {
    synced();
    table.publish(TWO.with(TestingSnapshot.cluster("a", 2)));
    assertThat(rows(table.sends())).containsExactly("cluster +a", "endpoint +a");
  }

  @Test
  void aNewClusterIsWarmBeforeItsRoute() {
    synced();
    table.publish(full(TWO, "a")).asks(LISTENER).asks(ROUTE, "routes");
    table.settles();
    table.publish(full(TWO.withService("c", 1), "c"));
    assertThat(rows(table.sends())).containsExactly("cluster +c", "endpoint +c", "route +routes");
  }

  @Test
  void anAskThatCrossesItsAnswerIsNotAnsweredTwice() {
    synced();
    table.publish(TWO.withService("c", 1));
    List<StreamResponse> sent = table.sends();
    table.asks(ENDPOINT, "c");
    sent.forEach(table::acks);
    assertThat(table.settles()).isEmpty();
    table.leaves(ENDPOINT, "c").asks(ENDPOINT, "c");
    assertThat(rows(table.settles())).containsExactly("endpoint +c");
  }

  @Test
  void removalsComeLastAndAfterTheAckOfWhatReplacesThem() {
    table.publish(full(TWO, "a")).asks(CLUSTER).asks(ENDPOINT, "a", "b").asks(LISTENER);
    table.asks(ROUTE, "routes").settles();
    table.publish(full(TWO.withoutService("a").withService("c", 1), "c"));
    List<StreamResponse> made = table.sends();
    assertThat(rows(made)).containsExactly("cluster +c", "endpoint +c", "route +routes");
    table.acks(made.get(0)).acks(made.get(1));
    assertThat(table.sends()).as("the route is not yet accepted").isEmpty();
    table.acks(made.get(2));
    List<StreamResponse> broken = table.sends();
    assertThat(rows(broken)).containsExactly("cluster -a");
    table.leaves(ENDPOINT, "a").acks(broken.getFirst());
    assertThat(table.settles()).as("its assignment went with it").isEmpty();
  }

  @Test
  void aRejectedRouteKeepsTheClusterItStillUses() {
    table.publish(full(TWO, "a")).asks(CLUSTER).asks(ENDPOINT, "a", "b").asks(LISTENER);
    table.asks(ROUTE, "routes").settles();
    table.publish(full(TWO.withoutService("a"), "b"));
    StreamResponse route = table.sends().getFirst();
    table.nacks(route, "no");
    assertThat(table.settles()).isEmpty();
    table.publish(full(TWO.withoutService("a"), "other"));
    assertThat(rows(table.settles())).startsWith("route +routes", "cluster -a");
  }

  @Test
  void aRejectionIsNeverAnsweredWithTheSameContent() {
    table.publish(TWO).asks(CLUSTER).settles();
    table.publish(TWO.with(TestingSnapshot.cluster("a", 2)));
    StreamResponse bad = table.sends().getFirst();
    table.nacks(bad, "bad timeout");
    assertThat(table.settles()).isEmpty();
    table.publish(TWO.with(TestingSnapshot.cluster("a", 2)));
    assertThat(table.settles()).isEmpty();
    RejectedContent rejection = table.state.kinds().get(CLUSTER).rejected().get("a");
    assertThat(rejection.text()).isEqualTo("bad timeout");
    assertThat(rejection.lastAccepted()).contains(TWO.version(CLUSTER, "a"));
    table.publish(TWO.with(TestingSnapshot.cluster("a", 3)));
    assertThat(rows(table.settles())).containsExactly("cluster +a");
    assertThat(table.state.kinds().get(CLUSTER).rejected()).isEmpty();
  }

  @Test
  void theGoodOnesOfARejectedResponseGetThrough() {
    table.publish(TWO.withService("c", 1)).asks(CLUSTER);
    StreamResponse all = table.sends().getFirst();
    table.nacks(all, "no");
    StreamResponse a = only(table.sends());
    table.acks(a);
    StreamResponse b = only(table.sends());
    table.nacks(b, "no");
    StreamResponse c = only(table.sends());
    table.acks(c);
    assertThat(rows(List.of(a, b, c))).containsExactly("cluster +a", "cluster +b", "cluster +c");
    assertThat(table.settles()).isEmpty();
    assertThat(table.state.kinds().get(CLUSTER).rejected()).containsOnlyKeys("b");
  }

  @Test
  void whatTheTextNamesIsSentApart() {
    table.publish(TWO.withService("bad2", 1)).asks(CLUSTER);
    table.nacks(table.sends().getFirst(), "Error adding/updating cluster(s) bad2: malformed IP");
    // The letters 'a' and 'b' are in the text as well, which costs a response and nothing else. The
    // one with a reason of its own is not tried again: an Envoy that has rejected it may well pass
    // over the same content and acknowledge it.
    assertThat(rows(table.settles())).containsExactly("cluster +a", "cluster +b");
    assertThat(table.state.kinds().get(CLUSTER).rejected()).containsOnlyKeys("bad2");
  }

  @Test
  void oneBadAmongAThousandIsFoundQuickly() {
    TestingSnapshot many = TestingSnapshot.EMPTY;
    for (int i = 0; i < 1_000; i++) {
      many = many.with(TestingSnapshot.cluster("c%03d".formatted(i), 1));
    }
    table.publish(many).asks(CLUSTER);
    int responses = 0;
    for (List<StreamResponse> sent = table.sends();
        !sent.isEmpty() && responses < 1_000;
        sent = table.sends()) {
      for (StreamResponse response : sent) {
        responses++;
        boolean bad = response.resources().stream().anyMatch(r -> r.name().equals("c777"));
        DeltaTable _ = bad ? table.nacks(response, "no name") : table.acks(response);
      }
    }
    assertThat(table.state.kinds().get(CLUSTER).rejected()).containsOnlyKeys("c777");
    assertThat(responses).isLessThan(40);
  }

  @Test
  void bothAreSentIfBothWereRejectedAndOneChanges() {
    table.publish(TWO).asks(CLUSTER);
    StreamResponse first = table.sends().getFirst();
    table.publish(TWO.with(TestingSnapshot.cluster("b", 2)));
    table.nacks(first, "no");
    assertThat(rows(table.settles())).containsExactly("cluster +a", "cluster +b");
  }

  @Test
  void aNameThatWasOnlyRejectedIsRemovedAllTheSame() {
    table.publish(TWO).asks(CLUSTER);
    table.nacks(table.sends().getFirst(), "no");
    table.nacks(only(table.sends()), "no");
    table.acks(only(table.sends()));
    table.publish(TWO.withoutService("a"));
    assertThat(rows(table.settles())).containsExactly("cluster -a");
  }

  @Test
  void ghostsOfAnEarlierStreamAreRemoved() {
    table.state =
        StreamState.begin(
            new StreamId(2),
            new Farewell(
                new TreeMap<>(Map.of(CLUSTER, new TreeSet<>(Set.of("a", "ghost")))),
                new TreeSet<>()));
    table.publish(TWO);
    table.returns(CLUSTER, Map.of("b", TWO.version(CLUSTER, "b")));
    assertThat(rows(table.settles())).containsExactly("cluster +a", "cluster -ghost");
  }

  @Test
  void aStaleNonceCountsAsASubscriptionOnly() {
    synced();
    table.request(ENDPOINT, "old-nonce", null, List.of("nobody"), List.of(), Map.of());
    assertThat(rows(table.settles())).containsExactly("endpoint +nobody");
    assertThat(table.notices).contains(new Notice.Stale(ENDPOINT, "old-nonce"));
  }

  @Test
  void aReconnectGetsWhatIsNewAndLosesWhatIsGone() {
    table.publish(TWO);
    table.returns(CLUSTER, Map.of("a", TWO.version(CLUSTER, "a"), "gone", "x", "b", "old"));
    assertThat(rows(table.settles())).containsExactly("cluster +b", "cluster -gone");
  }

  @Test
  void aReconnectBeforeTheFirstSnapshotIsNoDifferent() {
    table.returns(CLUSTER, Map.of("a", TWO.version(CLUSTER, "a"), "gone", "x"));
    table.returns(ENDPOINT, Map.of("a", TWO.version(ENDPOINT, "a")), "a", "b");
    table.publish(TWO);
    assertThat(rows(table.settles())).containsExactly("cluster +b", "endpoint +b", "cluster -gone");
  }

  @Test
  void nothingIsSentIfNothingChangedWhileAway() {
    table.publish(TWO);
    table.returns(CLUSTER, Map.of("a", TWO.version(CLUSTER, "a"), "b", TWO.version(CLUSTER, "b")));
    table.returns(ENDPOINT, Map.of("a", TWO.version(ENDPOINT, "a")), "a");
    assertThat(table.settles()).isEmpty();
  }

  @Test
  void aNameAloneIsNoWildcard() {
    table.publish(TWO).asks(CLUSTER, "a");
    assertThat(rows(table.settles())).containsExactly("cluster +a");
    table.publish(TWO.withService("c", 1));
    assertThat(table.settles()).isEmpty();
  }

  @Test
  void aWildcardCanBeLeftAndNamesStay() {
    table.publish(TWO).asks(CLUSTER, "*", "a");
    assertThat(rows(table.settles())).containsExactly("cluster +a +b");
    table.leaves(CLUSTER, "*");
    table.publish(TWO.with(TestingSnapshot.cluster("a", 2)).with(TestingSnapshot.cluster("b", 2)));
    assertThat(rows(table.settles())).containsExactly("cluster +a");
  }

  @Test
  void aNameLeftUnderAWildcardIsAnswered() {
    table.publish(TWO).asks(CLUSTER, "*", "a", "nobody").settles();
    table.leaves(CLUSTER, "a", "nobody");
    assertThat(rows(table.settles())).containsExactly("cluster +a -nobody");
  }

  @Test
  void whatDoesNotExistIsAnsweredInTheFormOfItsType() {
    table.publish(TWO);
    table.asks(CLUSTER, "x").asks(ENDPOINT, "x").asks(LISTENER, "x");
    table.asks(VIRTUAL_HOST, "rc/x").asks(RUNTIME, "skiff-runs").asks(EXTENSION, "p");
    assertThat(rows(table.settles()))
        .containsExactly(
            "runtime +skiff-runs",
            "cluster -x",
            "endpoint +x",
            "listener -x",
            "extension +p",
            "virtual-host ?rc/x");
  }

  @Test
  void aVirtualHostThatDidNotExistIsPushedWhenItAppears() {
    table.publish(TWO).asks(VIRTUAL_HOST).asks(VIRTUAL_HOST, "rc/x");
    assertThat(rows(table.settles())).containsExactly("virtual-host ?rc/x");
    table.publish(TWO.with(virtualHost("rc/x", "a", 1)));
    assertThat(rows(table.settles())).containsExactly("virtual-host +rc/x");
    table.publish(TWO);
    assertThat(rows(table.settles())).containsExactly("virtual-host -rc/x");
    table.asks(VIRTUAL_HOST, "rc/x");
    assertThat(rows(table.settles())).containsExactly("virtual-host ?rc/x");
  }

  @Test
  void anAssignmentThatGoesAwayIsEmptied() {
    synced();
    table.publish(TWO.without(ENDPOINT, "a"));
    List<StreamResponse> sent = table.settles();
    assertThat(rows(sent)).containsExactly("endpoint +a");
    assertThat(sent.getFirst().resources().getFirst())
        .isEqualTo(TestingSnapshot.emptyAssignment("a"));
  }

  @Test
  void aRouteThatGoesAwayStays() {
    table.publish(full(TWO, "a")).asks(ROUTE, "routes").settles();
    table.publish(TWO);
    assertThat(table.settles()).isEmpty();
  }

  @Test
  void aWarmUpWithoutHostsIsEnded() {
    table.publish(TWO.with(routes("rc", true, 1))).asks(ROUTE, "rc");
    assertThat(rows(table.settles())).containsExactly("route +rc");
    table.asks(VIRTUAL_HOST);
    assertThat(rows(table.settles())).containsExactly("virtual-host -rc/init");
    assertThat(table.settles()).isEmpty();
  }

  @Test
  void aSecondConfigurationGetsItsHostsAgain() {
    TestingSnapshot one =
        TWO.with(routes("rc1", true, 1))
            .with(routes("rc2", true, 1))
            .with(virtualHost("rc1/h", "a", 1))
            .with(virtualHost("rc2/h", "a", 1));
    table.publish(one).asks(ROUTE, "rc1").settles();
    table.asks(VIRTUAL_HOST);
    assertThat(rows(table.settles())).containsExactly("virtual-host +rc1/h +rc2/h");
    table.asks(ROUTE, "rc2");
    assertThat(rows(table.settles())).containsExactly("route +rc2", "virtual-host +rc2/h");
  }

  @Test
  void aRenamedVirtualHostGoesInOneResponse() {
    DeltaTable few = new DeltaTable(1);
    TestingSnapshot before =
        TWO.with(routes("rc", true, 1))
            .with(virtualHost("rc/x", "x", "a", 1))
            .with(virtualHost("rc/y", "y", "a", 1));
    few.publish(before).asks(ROUTE, "rc").asks(VIRTUAL_HOST);
    assertThat(rows(few.settles()))
        .containsExactly("route +rc", "virtual-host +rc/x", "virtual-host +rc/y");
    few.publish(before.without(VIRTUAL_HOST, "rc/x").with(virtualHost("rc/z", "x", "a", 1)));
    assertThat(rows(few.settles())).containsExactly("virtual-host +rc/z -rc/x");
  }

  @Test
  void filterConfigurationsGoOneByOne() {
    table.publish(
        TWO.with(TestingSnapshot.extension("p", 1)).with(TestingSnapshot.extension("q", 1)));
    table.asks(EXTENSION, "p").asks(EXTENSION, "q");
    assertThat(rows(table.settles())).containsExactly("extension +p", "extension +q");
  }

  @Test
  void anIdleStreamRemembersNoNames() {
    TestingSnapshot many = TestingSnapshot.EMPTY;
    for (int i = 0; i < 100; i++) {
      many = many.withService("s" + i, 1);
    }
    ProxySnapshot snapshot = many.build();
    table.publish(snapshot).asks(CLUSTER);
    table.asks(ENDPOINT, snapshot.resources().assignmentNames().toArray(String[]::new));
    table.asks(ENDPOINT, "local");
    table.settles();
    KindState endpoints = table.state.kinds().get(ENDPOINT);
    assertThat(endpoints.open()).isEmpty();
    assertThat(endpoints.subscription().shared()).isSameAs(snapshot.resources().assignmentNames());
    assertThat(endpoints.subscription().own()).containsExactly("local");
  }

  @Test
  void aNonceNamesItsStream() {
    table.publish(TWO).asks(CLUSTER);
    assertThat(table.sends().getFirst().nonce()).startsWith("1.");
  }

  private void synced() {
    table.publish(TWO).asks(CLUSTER).asks(ENDPOINT, "a", "b").settles();
  }

  private static StreamResponse only(List<StreamResponse> sent) {
    assertThat(sent).hasSize(1);
    return sent.getFirst();
  }

  private static TestingSnapshot full(TestingSnapshot services, String routedTo) {
    return services.with(listener("egress", "routes", 10_000)).with(routesTo("routes", routedTo));
  }
}
