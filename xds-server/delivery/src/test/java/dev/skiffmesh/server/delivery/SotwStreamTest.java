package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.server.delivery.DeltaTable.rows;
import static dev.skiffmesh.translator.resource.ResourceKind.CLUSTER;
import static dev.skiffmesh.translator.resource.ResourceKind.ENDPOINT;
import static dev.skiffmesh.translator.resource.ResourceKind.LISTENER;
import static dev.skiffmesh.translator.resource.ResourceKind.ROUTE;
import static dev.skiffmesh.translator.resource.ResourceKind.RUNTIME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The state-of-the-world machine, row by row. */
class SotwStreamTest {

  private static final TestingSnapshot TWO =
      TestingSnapshot.EMPTY.withService("a", 1).withService("b", 1);

  private static final DeliveryRules RULES = DeliveryRules.of(TestingSnapshot::emptyAssignment, 32);
  private static final SotwStream BY_NAME = new SotwStream(RULES.byName());

  private SotwStream machine = new SotwStream(RULES);
  private StreamState state = StreamState.begin(new StreamId(1), Farewell.NONE);

  @Test
  void clustersAreWhole() {
    publish(TWO);
    asks(CLUSTER);
    assertThat(rows(settles(CLUSTER))).containsExactly("cluster +a +b");
    publish(TWO.with(TestingSnapshot.cluster("a", 2)));
    assertThat(rows(settles(CLUSTER))).containsExactly("cluster +a +b");
  }

  @Test
  void assignmentsAreOnlyWhatChanged() {
    publish(TWO);
    asks(ENDPOINT, "a", "b");
    assertThat(rows(settles(ENDPOINT, "a", "b"))).containsExactly("endpoint +a +b");
    publish(TWO.with(TestingSnapshot.assignment("a", 2)));
    assertThat(rows(settles(ENDPOINT, "a", "b"))).containsExactly("endpoint +a");
  }

  @Test
  void aThousandRejectionsGetNoSecondHelping() {
    publish(TWO.without(CLUSTER, "b"));
    asks(CLUSTER);
    int responses = 0;
    for (int i = 0; i < 1_000; i++) {
      for (StreamResponse response : sends()) {
        responses++;
        nacks(response);
      }
    }
    assertThat(responses).isEqualTo(1);
    publish(TWO.without(CLUSTER, "b").with(TestingSnapshot.cluster("a", 2)));
    assertThat(sends()).hasSize(1);
  }

  @Test
  void oneBadClusterIsLeftOutAndTheOthersGetThrough() {
    publish(TWO);
    asks(CLUSTER);
    nacks(sends().getFirst());
    StreamResponse a = sends().getFirst();
    assertThat(DeltaTable.row(a)).isEqualTo("cluster +a");
    acks(a);
    StreamResponse both = sends().getFirst();
    assertThat(DeltaTable.row(both)).isEqualTo("cluster +a +b");
    nacks(both);
    assertThat(sends()).isEmpty();
    publish(TWO.withService("c", 1));
    StreamResponse c = sends().getFirst();
    assertThat(DeltaTable.row(c)).as("without the bad one").isEqualTo("cluster +a +c");
  }

  @Test
  void whatIsNamedWithItsReasonIsNotTriedAgain() {
    publish(TWO.withService("ab", 1));
    asks(CLUSTER);
    nacks(sends().getFirst(), "Error adding/updating cluster(s) ab: no, b: no");
    assertThat(rows(sends())).containsExactly("cluster +a");
  }

  @Test
  void aBadUpdateLeavesTheAcceptedContentInTheWhole() {
    publish(TWO);
    asks(CLUSTER);
    settles(CLUSTER);
    publish(TWO.with(TestingSnapshot.cluster("a", 2)));
    nacks(sends().getFirst());
    publish(TWO.with(TestingSnapshot.cluster("a", 2)).withService("c", 1));
    StreamResponse next = sends().getFirst();
    assertThat(next.resources().getFirst()).isEqualTo(TestingSnapshot.cluster("a", 1));
    assertThat(DeltaTable.row(next)).isEqualTo("cluster +a +b +c");
  }

  @Test
  void anOldClusterStaysUntilTheRouteIsAccepted() {
    publish(TWO.with(TestingSnapshot.routesTo("r", "a")));
    asks(CLUSTER);
    settles(CLUSTER);
    asks(ROUTE, "r");
    settles(ROUTE, "r");
    publish(TWO.withoutService("a").with(TestingSnapshot.routesTo("r", "b")));
    List<StreamResponse> made = sends();
    assertThat(rows(made)).containsExactly("route +r");
    acks(made.getFirst(), "r");
    assertThat(rows(sends())).containsExactly("cluster +b");
  }

  @Test
  void aNameThatComesBackIsDeliveredAgain() {
    publish(TWO);
    asks(ENDPOINT, "a", "b");
    settles(ENDPOINT, "a", "b");
    publish(TWO.without(ENDPOINT, "b"));
    settles(ENDPOINT, "a", "b");
    publish(TWO);
    assertThat(rows(settles(ENDPOINT, "a", "b"))).containsExactly("endpoint +b");
  }

  @Test
  void anEmptyListAfterNamesMeansNothing() {
    publish(TWO.with(TestingSnapshot.routesTo("r", "a")));
    asks(ROUTE, "r");
    settles(ROUTE, "r");
    asks(ROUTE);
    publish(TWO.with(TestingSnapshot.routesTo("r", "b")));
    assertThat(sends()).isEmpty();
  }

  @Test
  void routesWaitForTheAssignmentsOfNewClusters() {
    aNewClusterIsRouted();
    List<StreamResponse> sent = sends();
    assertThat(rows(sent)).containsExactly("cluster +a +b");
    acks(sent.getFirst());
    assertThat(sends()).as("an Envoy acknowledges it before it asks").isEmpty();
    asks(ENDPOINT, "a", "b");
    assertThat(rows(sends())).containsExactly("endpoint +b", "route +r");
  }

  @Test
  void whoNeverAsksForAnAssignmentGetsTheRoutesAfterTwoTicks() {
    aNewClusterIsRouted();
    acks(sends().getFirst());
    event(new StreamEvent.Tick());
    assertThat(sends()).isEmpty();
    event(new StreamEvent.Tick());
    assertThat(rows(sends())).containsExactly("route +r");
  }

  @Test
  void aRejectedClustersAssignmentIsNotWaitedFor() {
    aNewClusterIsRouted();
    nacks(sends().getFirst());
    assertThat(rows(sends())).containsExactly("route +r");
  }

  @Test
  void anAssignmentFollowsEachChangedCluster() {
    publish(TWO);
    asks(CLUSTER);
    settles(CLUSTER);
    asks(ENDPOINT, "a", "b");
    settles(ENDPOINT, "a", "b");
    publish(TWO.with(TestingSnapshot.cluster("a", 2)));
    assertThat(rows(sends())).containsExactly("cluster +a +b", "endpoint +a");
  }

  @Test
  void aReconnectThatKnowsEverythingGetsNothing() {
    publish(TWO);
    asks(CLUSTER);
    String version = settles(CLUSTER).getFirst().version();
    state = StreamState.begin(new StreamId(2), Farewell.NONE);
    request(CLUSTER, "", null, List.of(), version);
    publish(TWO);
    assertThat(sends()).isEmpty();
    publish(TWO.withoutService("b"));
    assertThat(rows(sends())).containsExactly("cluster +a");
  }

  @Test
  void whatAProxyHasIsNotReplacedWhileARegistryIsUnknown() {
    publish(TWO);
    asks(CLUSTER);
    String version = settles(CLUSTER).getFirst().version();
    state = StreamState.begin(new StreamId(2), Farewell.NONE);
    request(CLUSTER, "", null, List.of(), version);
    TestingSnapshot one = TWO.withoutService("b");
    publish(one.reaching(new PartialReach(one.reach())));
    assertThat(sends()).isEmpty();

    publish(one);
    assertThat(rows(sends())).containsExactly("cluster +a");
  }

  @Test
  void whoHasNothingIsServedWhileARegistryIsUnknown() {
    TestingSnapshot one = TWO.withoutService("b");
    publish(one.reaching(new PartialReach(one.reach())));
    asks(CLUSTER);
    assertThat(rows(settles(CLUSTER))).containsExactly("cluster +a");
  }

  @Test
  void aNameThatDoesNotExistIsAnswered() {
    publish(TWO);
    asks(LISTENER, "nobody");
    assertThat(rows(sends())).containsExactly("listener");
    asks(RUNTIME, "skiff-runs");
    assertThat(rows(sends())).containsExactly("runtime +skiff-runs");
  }

  @Test
  void aLateNonceCountsAsASubscriptionOnly() {
    publish(TWO);
    request(ENDPOINT, "late", null, List.of("a"), "x");
    assertThat(rows(sends())).containsExactly("endpoint +a");
  }

  @Test
  void aGrpcClientKeepsWhatItNamesUntilItLetsGo() {
    aGrpcClientsListenerMoves();
    List<StreamResponse> sent = sends();
    assertThat(rows(sent)).containsExactly("listener +stock");
    acks(sent.getFirst(), "stock");
    asks(ROUTE, "old", "new");
    assertThat(rows(settles(ROUTE, "old", "new"))).containsExactly("route +new");
    asks(CLUSTER, "a", "b");
    assertThat(rows(settles(CLUSTER, "a", "b"))).as("a is gone").containsExactly("cluster +a +b");
    asks(ENDPOINT, "a", "b");
    assertThat(rows(settles(ENDPOINT, "a", "b"))).containsExactly("endpoint +b");

    asks(ROUTE, "new");
    asks(CLUSTER, "b");
    asks(ENDPOINT, "b");
    event(new StreamEvent.Tick());
    event(new StreamEvent.Tick());
    assertThat(sends()).as("it has nothing left to be told").isEmpty();
    assertThat(state.isWaiting()).isFalse();
  }

  @Test
  void aGrpcClientThatDoesNotLetGoIsToldAfterTwoTicks() {
    aGrpcClientsListenerMoves();
    settles(LISTENER, "stock");
    assertThat(state.isWaiting()).isTrue();
    event(new StreamEvent.Tick());
    assertThat(sends()).isEmpty();
    event(new StreamEvent.Tick());
    assertThat(state.isWaiting()).isFalse();
    List<StreamResponse> sent = sends();
    assertThat(rows(sent)).containsExactly("cluster");
    acks(sent.getFirst(), "a");
    assertThat(rows(settles(ENDPOINT, "a"))).containsExactly("endpoint +a");
  }

  /** Where it comes back to, a listener that it has yet to ask for leads it elsewhere. */
  @Test
  void aGrpcClientThatReconnectsKeepsTheRoutesAndEndpointsThatAreGone() {
    machine = BY_NAME;
    publish(
        TWO.withoutService("a")
            .with(TestingSnapshot.apiListener("stock", "new"))
            .with(TestingSnapshot.routesTo("new", "b")));
    request(ROUTE, "", null, List.of("old"), "x");
    request(ENDPOINT, "", null, List.of("a"), "x");
    assertThat(sends()).isEmpty();
    request(LISTENER, "", null, List.of("stock"), "x");
    assertThat(rows(settles(LISTENER, "stock"))).containsExactly("listener +stock");
  }

  /** A client of gRPC whose listener leads to {@code b} from now on, while {@code a} goes. */
  private void aGrpcClientsListenerMoves() {
    machine = BY_NAME;
    publish(
        TWO.with(TestingSnapshot.apiListener("stock", "old"))
            .with(TestingSnapshot.routesTo("old", "a")));
    asks(LISTENER, "stock");
    settles(LISTENER, "stock");
    asks(ROUTE, "old");
    settles(ROUTE, "old");
    asks(CLUSTER, "a");
    settles(CLUSTER, "a");
    asks(ENDPOINT, "a");
    settles(ENDPOINT, "a");
    publish(
        TWO.withoutService("a")
            .with(TestingSnapshot.apiListener("stock", "new"))
            .with(TestingSnapshot.routesTo("new", "b")));
  }

  /** An Envoy that has {@code a} is to get {@code b}, and a route to it. */
  private void aNewClusterIsRouted() {
    publish(TWO.withoutService("b").with(TestingSnapshot.routesTo("r", "a")));
    asks(CLUSTER);
    settles(CLUSTER);
    asks(ENDPOINT, "a");
    settles(ENDPOINT, "a");
    asks(ROUTE, "r");
    settles(ROUTE, "r");
    publish(TWO.with(TestingSnapshot.routesTo("r", "b")));
  }

  private void publish(TestingSnapshot snapshot) {
    event(new StreamEvent.Published(snapshot.build(), null));
  }

  private void asks(ResourceKind kind, String... names) {
    request(kind, "", null, List.of(names), "");
  }

  private void acks(StreamResponse response, String... names) {
    request(response.kind(), response.nonce(), null, List.of(names), response.version());
  }

  private void nacks(StreamResponse response) {
    nacks(response, "no");
  }

  private void nacks(StreamResponse response, String error) {
    request(response.kind(), response.nonce(), error, List.of(), "");
  }

  private void request(
      ResourceKind kind, String nonce, @Nullable String error, List<String> names, String version) {
    event(new StreamEvent.SotwRequest(kind, nonce, error, names, version, DeltaTable.NOW));
  }

  private void event(StreamEvent event) {
    state = machine.step(state, event).state();
  }

  private List<StreamResponse> sends() {
    List<StreamResponse> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Step step = machine.step(state, new StreamEvent.Writable());
      state = step.state();
      if (step.responses().isEmpty()) {
        return sent;
      }
      sent.addAll(step.responses());
    }
    throw new AssertionError("the machine does not stop sending: " + sent.getLast());
  }

  /** Everything that goes out if the proxy, which asks for these names, accepts it. */
  private List<StreamResponse> settles(ResourceKind kind, String... names) {
    List<StreamResponse> all = new ArrayList<>();
    for (List<StreamResponse> sent = sends(); !sent.isEmpty(); sent = sends()) {
      for (StreamResponse response : sent) {
        assertThat(response.kind()).isEqualTo(kind);
        acks(response, names);
      }
      all.addAll(sent);
    }
    return all;
  }
}
