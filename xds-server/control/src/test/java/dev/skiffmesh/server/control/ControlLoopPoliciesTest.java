package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.document;
import static dev.skiffmesh.server.control.TestingMesh.key;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.status.PolicyReport;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ControlLoopPoliciesTest {

  @Test
  void generationsCountContents() {
    TestingMesh mesh = started();
    assertThat(mesh.send(put(mesh, "target=trading/order")).settled().policy(key("canary")))
        .satisfies(policy -> assertThat(policy.status().generation()).isEqualTo(1));
    mesh.send(put(mesh, "target=trading/order")).settled();
    mesh.send(put(mesh, "target=trading/stock")).settled();
    assertThat(mesh.policy(key("canary")).status().generation()).isEqualTo(2);
    assertThat(mesh.policy(key("canary")).status().accepted().reason()).isEqualTo(Reason.ACCEPTED);
    assertThat(mesh.world().policies().get(key("canary")).generation()).isEqualTo(2);
  }

  @Test
  void anInvalidUpdateLeavesTheLastGoodVersionInForceAlsoThroughAKill() {
    TestingMesh mesh = started();
    mesh.send(put(mesh, "target=trading/order")).settled();
    mesh.send(put(mesh, "target=trading/stock")).settled();
    mesh.send(put(mesh, "broken")).settled();
    assertRefused(mesh);

    for (int i = 0; i < 2; i++) {
      mesh = mesh.restarted();
      mesh.send(services("a.yaml", "order"));
      mesh.send(put(mesh, "broken"));
      mesh.synced();
      assertRefused(mesh);
    }

    mesh.send(put(mesh, "target=trading/order")).settled();
    assertThat(mesh.policy(key("canary")).status().generation()).isEqualTo(4);
    assertThat(mesh.policy(key("canary")).refusal()).isEmpty();
    assertThat(mesh.findings(FindingCode.INVALID_DOCUMENT)).isEmpty();
  }

  private static void assertRefused(TestingMesh mesh) {
    PolicyReport policy = mesh.policy(key("canary"));
    assertThat(policy.status().generation()).isEqualTo(3);
    assertThat(policy.status().accepted().status()).isFalse();
    assertThat(policy.status().accepted().reason()).isEqualTo(Reason.INVALID);
    assertThat(policy.status().accepted().message())
        .isEqualTo("generation 3 refused, generation 2 in force");
    assertThat(policy.inForce().orElseThrow().generation()).isEqualTo(2);
    assertThat(mesh.world().policies().get(key("canary")).generation()).isEqualTo(2);
    assertThat(mesh.findings(FindingCode.INVALID_DOCUMENT))
        .containsExactly(
            new Finding(
                FindingCode.INVALID_DOCUMENT,
                "TestPolicy trading/canary",
                "canary.yaml:3",
                "spec",
                "`spec` must not be 'broken'"));
  }

  @Test
  void whatNeverWasGoodDropsOutAndItsNeighboursStay() {
    TestingMesh mesh = started();
    mesh.send(put(mesh, "broken"));
    mesh.send(mesh.put("neighbour", "target=trading/order")).settled();

    PolicyReport policy = mesh.policy(key("canary"));
    assertThat(policy.inForce()).isEmpty();
    assertThat(policy.status().accepted().message())
        .isEqualTo("generation 1 refused, no version in force");
    assertThat(policy.status().programmed().reason()).isEqualTo(Reason.NOTHING_TO_PROGRAM);
    assertThat(mesh.world().policies()).containsOnlyKeys(key("neighbour"));

    TestingMesh after = mesh.restarted();
    after.send(put(after, "broken"));
    after.synced();
    assertThat(after.policy(key("canary")).status().generation()).isEqualTo(1);
  }

  @Test
  void aDocumentIsDurableBeforeItTakesEffect() {
    TestingMesh mesh = started();
    mesh.threads.holdWriting(true);
    mesh.send(put(mesh, "target=trading/order")).settled();
    assertThat(mesh.world().policies()).isEmpty();
    assertThat(mesh.state.documents()).isEmpty();

    mesh.threads.holdWriting(false);
    mesh.settled();
    assertThat(mesh.state.documents()).containsOnlyKeys(key("canary"));
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));
  }

  @Test
  void aFullDiskIsAFindingAndHoldsNothingBack() {
    TestingMesh mesh = started();
    mesh.state.full(true);
    mesh.send(put(mesh, "target=trading/order")).settled();
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));
    assertThat(mesh.findings(FindingCode.STATE_FOLDER))
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("No space left"));

    mesh.state.full(false);
    mesh.threads.advance(StateWriter.RETRY);
    mesh.settled();
    assertThat(mesh.state.documents()).containsOnlyKeys(key("canary"));
    assertThat(mesh.findings(FindingCode.STATE_FOLDER)).isEmpty();
  }

  @Test
  void timeEndsAPolicyCountedFromItsFirstAcceptance() {
    TestingMesh mesh = started();
    String text = "target=trading/order after=PT10M";
    mesh.send(put(mesh, text)).settled();
    mesh.threads.advance(Duration.ofMinutes(6));
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));

    // The manual clock starts anew with the process; what was accepted then is known still.
    TestingMesh after = mesh.restarted();
    after.send(services("a.yaml", "order"));
    after.send(put(after, text));
    after.synced();
    assertThat(after.policy(key("canary")).expiry())
        .isEqualTo(mesh.policy(key("canary")).expiry())
        .get()
        .satisfies(
            end ->
                assertThat(Duration.between(ManualThreads.BEGINNING, end))
                    .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(10).plusSeconds(1)));
    after.threads.advance(Duration.ofMinutes(9));
    assertThat(after.world().policies()).containsOnlyKeys(key("canary"));
    after.threads.advance(Duration.ofMinutes(1));
    after.settled();
    assertThat(after.world().policies()).isEmpty();
    assertThat(after.findings(FindingCode.EXPIRED)).hasSize(1);
    assertThat(after.policy(key("canary")).status().programmed().message())
        .startsWith("expired at 2026-11-23T08:10:00");

    // The same content again does not start it again; an edit does.
    after.send(put(after, text)).settled();
    assertThat(after.world().policies()).isEmpty();
    after.send(put(after, text + " edited")).settled();
    assertThat(after.world().policies()).containsOnlyKeys(key("canary"));
  }

  @Test
  void aMomentEndsAPolicyWithinAMoment() {
    TestingMesh mesh = started();
    mesh.send(put(mesh, "at=" + ManualThreads.BEGINNING.plusSeconds(3600))).settled();
    mesh.send(mesh.put("sooner", "at=" + ManualThreads.BEGINNING.plusSeconds(60))).settled();
    mesh.threads.advance(Duration.ofSeconds(58));
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"), key("sooner"));
    mesh.threads.advance(Duration.ofSeconds(2));
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));
    mesh.threads.advance(Duration.ofMinutes(59));
    assertThat(mesh.world().policies()).isEmpty();
  }

  @Test
  void whoSetsTheWallClockEndsNothingAndLengthensNothing() {
    TestingMesh mesh = started();
    mesh.send(put(mesh, "target=trading/order after=PT10M")).settled();
    mesh.send(mesh.put("moment", "at=" + ManualThreads.BEGINNING.plusSeconds(3600))).settled();

    mesh.threads.setWall(Duration.ofHours(2));
    mesh.threads.advance(Duration.ofMinutes(1));
    assertThat(mesh.settled().world().policies()).containsOnlyKeys(key("canary"), key("moment"));
    assertThat(mesh.findings(FindingCode.CLOCK_SET))
        .singleElement()
        .satisfies(
            finding -> assertThat(finding.message()).contains("set forward by about 7200 s"));

    mesh.threads.setWall(Duration.ofHours(-2));
    mesh.threads.advance(Duration.ofMinutes(10));
    assertThat(mesh.settled().world().policies()).containsOnlyKeys(key("moment"));

    mesh.threads.setWall(Duration.ZERO);
    mesh.threads.advance(Duration.ofMinutes(1));
    assertThat(mesh.settled().findings(FindingCode.CLOCK_SET)).isEmpty();
  }

  @Test
  void whatWasAcceptedInTheFutureEndsAsIfItWereAcceptedNow() {
    TestingMesh mesh = started();
    mesh.threads.advance(Duration.ofHours(3));
    mesh.send(put(mesh, "target=trading/order after=PT10M")).settled();

    // The manual clock starts anew with the process: three hours before.
    TestingMesh after = mesh.restarted();
    after.send(services("a.yaml", "order"));
    after.send(put(after, "target=trading/order after=PT10M"));
    after.synced();
    after.threads.advance(Duration.ofMinutes(11));
    assertThat(after.settled().world().policies()).isEmpty();
  }

  @Test
  void documentsAreUnderstoodOnceAndWhereTheyComeFrom() {
    TestingMesh mesh = started();
    int before = mesh.translations.decoded.get();

    // Nothing runs on the control thread yet.
    mesh.send(put(mesh, "target=trading/order"));
    assertThat(mesh.translations.decoded.get()).isEqualTo(before + 1);
    mesh.send(put(mesh, "target=trading/stock"));
    mesh.send(put(mesh, "broken"));
    mesh.send(put(mesh, "target=trading/order"));
    mesh.settled();

    assertThat(mesh.translations.decoded.get()).isEqualTo(before + 4);
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));
  }

  @Test
  void oneKeyInTwoSourcesCountsOnceByTheConfiguredOrder() {
    TestingMesh mesh = TestingMesh.fresh("files", "etcd");
    mesh.sources
        .get(1)
        .send(new SourceEvent.PolicyPut(document("etcd", "/p", "canary", "target=trading/a")));
    mesh.synced();
    assertThat(mesh.policy(key("canary")).source()).isEqualTo("etcd");

    mesh.send(put(mesh, "target=trading/b")).settled();
    assertThat(mesh.policy(key("canary")).source()).isEqualTo("files");
    assertThat(mesh.findings(FindingCode.DUPLICATE_DOCUMENT))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.location()).isEqualTo("/p:3");
              assertThat(finding.message()).contains("'canary.yaml:3' of 'files' counts");
            });

    mesh.send(new SourceEvent.PolicyDeleted(key("canary"))).settled();
    assertThat(mesh.policy(key("canary")).source()).isEqualTo("etcd");
    assertThat(mesh.findings(FindingCode.DUPLICATE_DOCUMENT)).isEmpty();
  }

  @Test
  void aDeletedDocumentDoesNotLiveOnBehindABrokenOneElsewhere() {
    TestingMesh mesh = TestingMesh.fresh("files", "etcd");
    mesh.send(put(mesh, "target=trading/a"));
    mesh.sources.get(1).send(new SourceEvent.PolicyPut(document("etcd", "/p", "canary", "broken")));
    mesh.synced();
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));

    mesh.send(new SourceEvent.PolicyDeleted(key("canary"))).settled();
    assertThat(mesh.world().policies()).isEmpty();
  }

  @Test
  void aDeletedDocumentIsForgotten() {
    TestingMesh mesh = started();
    mesh.send(put(mesh, "target=trading/order")).settled();
    mesh.send(new SourceEvent.PolicyDeleted(key("canary"))).settled();
    assertThat(mesh.world().policies()).isEmpty();
    assertThat(mesh.report().policies()).isEmpty();
    assertThat(mesh.state.documents()).isEmpty();
  }

  private static TestingMesh started() {
    return TestingMesh.fresh("files").send(services("a.yaml", "order")).synced();
  }

  private static SourceEvent put(TestingMesh mesh, String text) {
    return mesh.put("canary", text);
  }
}
