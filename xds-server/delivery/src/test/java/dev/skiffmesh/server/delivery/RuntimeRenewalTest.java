package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.translator.resource.ResourceKind.CLUSTER;
import static dev.skiffmesh.translator.resource.ResourceKind.ENDPOINT;
import static dev.skiffmesh.translator.resource.ResourceKind.LISTENER;
import static dev.skiffmesh.translator.resource.ResourceKind.RUNTIME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Runtime keys live for a while, and live on only while somebody says that they are wanted. */
class RuntimeRenewalTest {

  private static final String LAYER = "skiff-runs";
  private static final TestingSnapshot EMPTY =
      TestingSnapshot.EMPTY.with(TestingSnapshot.runtime(LAYER));
  private static final TestingSnapshot KEYS =
      TestingSnapshot.EMPTY.with(TestingSnapshot.runtime(LAYER, 1));
  private static final TestingSnapshot OTHER_KEYS =
      TestingSnapshot.EMPTY.with(TestingSnapshot.runtime(LAYER, 2));

  private final DeltaTable proxy = new DeltaTable();

  @Test
  void anEmptyLayerIsSentOnceAndForGood() {
    proxy.asks(RUNTIME, LAYER).publish(EMPTY);
    List<StreamResponse> sent = proxy.settles();
    assertThat(DeltaTable.rows(sent)).containsExactly("runtime +" + LAYER);
    assertThat(sent.getFirst().ttls()).isEmpty();
    assertThat(ticked()).isEmpty();
  }

  @Test
  void keysHaveALimitedLifeAndATickProlongsItOnce() {
    begin();
    StreamResponse renewal = renewed();
    assertThat(renewal.resources()).extracting("version").containsExactly(version(KEYS));
    assertThat(renewal.ttls()).containsEntry(LAYER, Duration.ofSeconds(15));
    proxy.acks(renewal);
    assertThat(proxy.sends()).as("without a tick there is nothing to say").isEmpty();
    proxy.acks(renewed());
  }

  @Test
  void theFirstAnswerHasATtl() {
    proxy.asks(RUNTIME, LAYER).publish(KEYS);
    StreamResponse first = proxy.sends().getFirst();
    assertThat(first.ttls()).containsEntry(LAYER, Duration.ofSeconds(15));
    assertThat(first.renewal()).isFalse();
  }

  @Test
  void keysThatGoAreDroppedByAnUpdateThatStays() {
    begin();
    proxy.publish(EMPTY);
    StreamResponse update = proxy.settles().getFirst();
    assertThat(update.resources()).extracting("version").containsExactly(version(EMPTY));
    assertThat(update.ttls()).isEmpty();
    assertThat(update.renewal()).isFalse();
    assertThat(ticked()).isEmpty();
  }

  @Test
  void aLayerThatIsNoLongerThereIsNotRenewed() {
    begin();
    proxy.publish(TestingSnapshot.EMPTY);
    assertThat(proxy.settles()).isEmpty();
    assertThat(ticked()).isEmpty();
  }

  @Test
  void whoDoesNotAnswerIsNotRenewedAndRenewalsDoNotPileUp() {
    begin();
    StreamResponse first = renewed();
    for (int i = 0; i < 100; i++) {
      assertThat(ticked()).isEmpty();
    }
    proxy.acks(first);
    List<StreamResponse> after = proxy.sends();
    assertThat(after).hasSize(1);
    proxy.acks(after.getFirst());
    assertThat(proxy.sends()).isEmpty();
  }

  @Test
  void whatIsOnItsWayBringsItsOwnLife() {
    begin();
    proxy.publish(OTHER_KEYS);
    StreamResponse update = proxy.sends().getFirst();
    assertThat(ticked()).isEmpty();
    proxy.acks(update);
    assertThat(proxy.sends()).isEmpty();
    assertThat(renewed().resources()).extracting("version").containsExactly(version(OTHER_KEYS));
  }

  @Test
  void newsWaitForTheAnswerToARenewalAsForAnyOther() {
    begin();
    StreamResponse renewal = renewed();
    proxy.publish(EMPTY);
    assertThat(proxy.sends()).isEmpty();
    proxy.acks(renewal);
    assertThat(proxy.sends()).extracting(StreamResponse::renewal).containsExactly(false);
  }

  @Test
  void refusedKeysAreNotRenewedAndThoseBeforeThemLapse() {
    begin();
    proxy.publish(OTHER_KEYS);
    proxy.nacks(proxy.sends().getFirst(), "no");
    assertThat(ticked()).isEmpty();
    proxy.publish(KEYS);
    assertThat(proxy.sends())
        .as("nobody knows what the proxy has")
        .extracting(StreamResponse::renewal)
        .containsExactly(false);
  }

  @Test
  void aRefusedRenewalMeansThatTheTimeWasOver() {
    begin();
    proxy.notices.clear();
    proxy.nacks(renewed(), "type URL does not match");
    assertThat(proxy.notices)
        .containsExactly(new Notice.Lapsed(RUNTIME, new TreeSet<>(Set.of(LAYER))));
    StreamResponse again = proxy.sends().getFirst();
    assertThat(again.renewal()).isFalse();
    assertThat(again.ttls()).containsKey(LAYER);
    proxy.nacks(again, "no, really");
    assertThat(proxy.sends()).isEmpty();
    assertThat(ticked()).isEmpty();
  }

  @Test
  void whatLapsedAndIsNoLongerWantedIsNotSentAgain() {
    begin();
    StreamResponse renewal = renewed();
    proxy.publish(EMPTY);
    proxy.nacks(renewal, "type URL does not match");
    assertThat(proxy.sends().getFirst().resources())
        .extracting("version")
        .containsExactly(version(EMPTY));
  }

  @Test
  void aRenewalIsNoChange() {
    begin();
    proxy.notices.clear();
    Tally before = proxy.state.kinds().get(RUNTIME).tally();
    StreamResponse renewal = renewed();
    assertThat(report().inSync()).isTrue();
    proxy.acks(renewal);
    assertThat(proxy.notices).isEmpty();
    assertThat(proxy.state.kinds().get(RUNTIME).tally()).isEqualTo(before);
  }

  @Test
  void aRenewalDelaysNoRemoval() {
    proxy
        .asks(RUNTIME, LAYER)
        .asks(CLUSTER)
        .asks(ENDPOINT, "a")
        .asks(LISTENER)
        .publish(KEYS.withService("a", 1));
    proxy.settles();
    proxy.event(new StreamEvent.Renew());
    assertThat(proxy.sends()).hasSize(1);
    proxy.publish(KEYS);
    assertThat(DeltaTable.rows(proxy.sends())).contains("cluster -a");
  }

  @Test
  void aReturningProxyIsRenewedAtOnce() {
    proxy.returns(RUNTIME, Map.of(LAYER, version(KEYS)), LAYER).publish(KEYS);
    assertThat(proxy.sends()).extracting(StreamResponse::renewal).containsExactly(true);
  }

  @Test
  void aProxyThatComesWhenAllIsKnownIsRenewedAtOnce() {
    proxy.publish(KEYS).returns(RUNTIME, Map.of(LAYER, version(KEYS)), LAYER);
    assertThat(proxy.sends()).extracting(StreamResponse::renewal).containsExactly(true);
  }

  @Test
  void aReturningProxyWhoseKeysLapsedIsSentThem() {
    proxy.publish(KEYS).returns(RUNTIME, Map.of(), LAYER);
    assertThat(proxy.sends()).extracting(StreamResponse::renewal).containsExactly(false);
  }

  @Test
  void aTickBeforeAnythingIsKnownOrAskedIsNothing() {
    assertThat(ticked()).isEmpty();
    proxy.publish(KEYS);
    assertThat(ticked()).isEmpty();
    proxy.asks(CLUSTER);
    proxy.settles();
    assertThat(ticked()).isEmpty();
  }

  private void begin() {
    proxy.asks(RUNTIME, LAYER).publish(KEYS);
    proxy.settles();
  }

  private List<StreamResponse> ticked() {
    return proxy.event(new StreamEvent.Renew()).sends();
  }

  private StreamResponse renewed() {
    List<StreamResponse> sent = ticked();
    assertThat(sent).extracting(StreamResponse::renewal).containsExactly(true);
    return sent.getFirst();
  }

  private StreamReport report() {
    return new StreamReport(proxy.state, proxy.machine.rules, false);
  }

  private static String version(TestingSnapshot snapshot) {
    return snapshot.version(RUNTIME, LAYER);
  }
}
