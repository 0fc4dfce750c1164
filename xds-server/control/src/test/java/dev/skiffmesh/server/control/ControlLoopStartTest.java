package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.endpoints;
import static dev.skiffmesh.server.control.TestingMesh.id;
import static dev.skiffmesh.server.control.TestingMesh.key;
import static dev.skiffmesh.server.control.TestingMesh.readable;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static dev.skiffmesh.server.control.TestingMesh.unreadable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ControlLoopStartTest {

  private static final Duration TIMEOUT = ControlSettings.DEFAULT.startupTimeout();

  @Test
  void readyOnceEverySourceIsSynced() {
    TestingMesh mesh = TestingMesh.fresh("files", "legacy");
    mesh.sources.getFirst().send(new SourceEvent.Synced());
    mesh.settled();
    assertThat(mesh.delivery.isOpen()).isFalse();
    assertThat(mesh.report().readiness().ready()).isFalse();
    assertThat(mesh.report().readiness().notes()).singleElement().asString().contains("'legacy'");

    mesh.sources.get(1).send(new SourceEvent.Synced());
    mesh.settled();
    assertThat(mesh.delivery.isOpen()).isTrue();
    assertThat(mesh.report().readiness().ready()).isTrue();
    assertThat(mesh.report().readiness().notes()).isEmpty();
  }

  @Test
  void withoutSourcesReadyAtOnce() {
    assertThat(TestingMesh.fresh().settled().delivery.isOpen()).isTrue();
  }

  @Test
  void aSourceThatNeverAnswersDelaysTheStartAndNoMore() {
    TestingMesh mesh = TestingMesh.fresh("files", "legacy");
    mesh.send(services("a.yaml", "order")).send(new SourceEvent.Synced());
    mesh.sources.get(1).send(new SourceEvent.Lost("connection refused"));
    mesh.threads.advance(TIMEOUT.minusMillis(1));
    assertThat(mesh.delivery.isOpen()).isFalse();

    mesh.settled();

    assertThat(mesh.delivery.isOpen()).isTrue();
    assertThat(mesh.world().services()).containsOnlyKeys(id("order"));
    assertThat(mesh.report().readiness().notes())
        .containsExactly(
            "'legacy' has not answered yet: connection refused; what it holds is missing");
  }

  @Test
  void aStartThatKnowsNothingOfASourceIsAFindingUntilItAnswers() {
    TestingMesh mesh = TestingMesh.fresh("files", "legacy");
    mesh.sources.getFirst().send(new SourceEvent.Synced());
    mesh.settled();
    assertThat(mesh.findings(FindingCode.NOTHING_KNOWN)).isEmpty();

    mesh.threads.advance(TIMEOUT);
    mesh.settled();
    assertThat(mesh.report().readiness().ready()).isTrue();
    assertThat(mesh.findings(FindingCode.NOTHING_KNOWN))
        .singleElement()
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo("legacy"));

    mesh.sources.get(1).send(new SourceEvent.Synced());
    mesh.settled();
    assertThat(mesh.findings(FindingCode.NOTHING_KNOWN)).isEmpty();
  }

  @Test
  void aFolderThatCannotBeWrittenAtTheStartIsAFindingUntilItCan() {
    InMemoryStateStore readOnly = new InMemoryStateStore();
    readOnly.full(true);
    TestingMesh mesh = TestingMesh.on(readOnly, "files");
    mesh.send(services("a.yaml", "order")).synced();
    assertThat(mesh.report().readiness().ready()).isTrue();
    assertThat(mesh.world().services()).containsOnlyKeys(id("order"));
    assertThat(mesh.findings(FindingCode.STATE_FOLDER)).hasSize(1);
    // Tries that fail again change nothing, and the finding stays.
    for (int tries = 0; tries < 3; tries++) {
      mesh.threads.advance(StateWriter.RETRY);
      mesh.settled();
      assertThat(mesh.findings(FindingCode.STATE_FOLDER)).hasSize(1);
    }

    readOnly.full(false);
    mesh.threads.advance(StateWriter.RETRY);
    mesh.settled();
    assertThat(mesh.findings(FindingCode.STATE_FOLDER)).isEmpty();
    assertThat(readOnly.services().get("files")).containsOnlyKeys(id("order"));
  }

  @Test
  void aFolderThatCannotBeWrittenIsAFindingThoughNothingIsToBeWritten() {
    InMemoryStateStore readOnly = new InMemoryStateStore();
    readOnly.full(true);
    TestingMesh mesh = TestingMesh.on(readOnly, "files").synced();
    assertThat(mesh.findings(FindingCode.STATE_FOLDER)).hasSize(1);
    readOnly.full(false);
    mesh.threads.advance(StateWriter.RETRY);
    mesh.settled();
    assertThat(mesh.findings(FindingCode.STATE_FOLDER)).isEmpty();
  }

  @Test
  void ofARegistryThatNeverAnsweredNothingIsTakenAway() {
    TestingMesh mesh = TestingMesh.fresh("files", "legacy");
    mesh.send(services("a.yaml", "order")).send(new SourceEvent.Synced());
    mesh.threads.advance(TIMEOUT);
    mesh.settled();
    StreamId stream = mesh.delivery.connect(mesh.loop, "trading/order/10.0.0.1:8080");
    mesh.settled();
    Reach reach = mesh.delivery.newest(stream).reach();
    assertThat(reach.has(ResourceKind.CLUSTER, "trading/anything")).isTrue();
    assertThat(reach.has(ResourceKind.VIRTUAL_HOST, "egress/anything")).isTrue();
    assertThat(reach.has(ResourceKind.RUNTIME, "anything")).isFalse();
    assertThat(mesh.findings(FindingCode.NOTHING_KNOWN))
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("keep what they have"));

    // It answers, and has nothing: now what is not there does not exist, and everybody is told.
    mesh.sources.get(1).send(new SourceEvent.Synced());
    mesh.settled();
    assertThat(mesh.delivery.newest(stream).reach().has(ResourceKind.CLUSTER, "trading/anything"))
        .isFalse();
    assertThat(mesh.findings(FindingCode.NOTHING_KNOWN)).isEmpty();
  }

  @Test
  void stateOfARenamedSourceIsNamedAndKeptUntilAllHaveAnswered() {
    TestingMesh first = TestingMesh.fresh("legacy");
    first.send(services("public", "order")).synced();
    first.threads.advance(Duration.ofSeconds(2));
    first.threads.close();

    TestingMesh mesh = TestingMesh.shuffled(new Random(1), first.state, "nacos-prod");
    mesh.threads.advance(TIMEOUT.plusSeconds(5));
    assertThat(mesh.findings(FindingCode.NOTHING_KNOWN))
        .extracting(finding -> finding.subject())
        .containsExactly("legacy", "nacos-prod");
    assertThat(mesh.state.services()).containsKey("legacy");

    mesh.synced();
    assertThat(mesh.state.services()).doesNotContainKey("legacy");
    assertThat(mesh.findings(FindingCode.NOTHING_KNOWN)).isEmpty();
  }

  @Test
  void afterTheTimeoutTheStateFolderStandsIn() {
    TestingMesh first = TestingMesh.fresh("legacy");
    first.send(services("public", "order")).send(endpoints("legacy", "order", "10.0.0.1"));
    first.send(first.put("canary", "target=trading/order"));
    first.synced();
    first.threads.advance(Duration.ofSeconds(2));
    World before = first.world();

    TestingMesh mesh = first.restarted();
    mesh.threads.advance(TIMEOUT.minusMillis(1));
    assertThat(mesh.delivery.isOpen()).isFalse();
    mesh.settled();

    assertThat(mesh.delivery.isOpen()).isTrue();
    assertThat(mesh.world()).isEqualTo(before);
    assertThat(mesh.report().sources().getFirst().state()).isEqualTo(SourceReport.State.STALE);
    assertThat(mesh.findings(FindingCode.SERVED_STALE)).hasSize(1);

    mesh.send(services("public", "order")).send(endpoints("legacy", "order", "10.0.0.1"));
    mesh.send(mesh.put("canary", "target=trading/order"));
    mesh.synced();
    assertThat(mesh.world()).isEqualTo(before);
    assertThat(mesh.findings(FindingCode.SERVED_STALE)).isEmpty();
  }

  @Test
  void whatIsNotToldAfterARestartIsGone() {
    TestingMesh first = TestingMesh.fresh("files");
    first.send(services("a.yaml", "order", "stock")).send(services("b.yaml", "quote"));
    first.send(endpoints("files", "order", "10.0.0.1"));
    first.send(first.put("canary", "target=trading/order"));
    first.send(first.put("gone", "target=trading/order"));
    first.synced();
    first.threads.advance(Duration.ofSeconds(2));

    TestingMesh mesh = first.restarted();
    mesh.send(services("a.yaml", "order")).send(mesh.put("canary", "target=trading/order"));
    mesh.synced();

    assertThat(mesh.world().services()).containsOnlyKeys(id("order"));
    assertThat(mesh.world().endpoints()).isEmpty();
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));
    mesh.threads.advance(Duration.ofSeconds(2));
    assertThat(mesh.state.documents()).containsOnlyKeys(key("canary"));
    assertThat(mesh.state.services().get("files")).containsOnlyKeys(id("order"));
  }

  @Test
  void anUnreadableScopeKeepsWhatARestartBroughtBack() {
    TestingMesh first = TestingMesh.fresh("files");
    first.send(services("a.yaml", "order", "stock"));
    first.send(endpoints("files", "order", "10.0.0.1"));
    first.send(first.put("canary", "target=trading/order"));
    first.synced();
    first.threads.advance(Duration.ofSeconds(2));
    World before = first.world();

    TestingMesh mesh = first.restarted();
    mesh.send(unreadable("a.yaml")).send(unreadable("canary.yaml")).send(services("a.yaml"));
    mesh.synced();
    assertThat(mesh.world()).isEqualTo(before);
    assertThat(mesh.findings(FindingCode.UNREADABLE_TEXT)).hasSize(2);

    // A part of it can be read: the rest stays.
    mesh.send(services("a.yaml", "stock", "quote")).settled();
    assertThat(mesh.world().services()).containsOnlyKeys(id("order"), id("quote"), id("stock"));

    // Readable again, and this is all.
    mesh.send(services("a.yaml", "quote")).send(readable("a.yaml")).send(readable("canary.yaml"));
    mesh.settled();
    assertThat(mesh.world().services()).containsOnlyKeys(id("quote"));
    assertThat(mesh.world().policies()).isEmpty();
    assertThat(mesh.findings(FindingCode.UNREADABLE_TEXT)).isEmpty();
  }

  @Test
  void aSourceThatIsNoLongerConfiguredIsForgotten() {
    TestingMesh first = TestingMesh.fresh("files");
    first.send(services("a.yaml", "order")).send(first.put("canary", "target=trading/order"));
    first.synced();
    first.threads.advance(Duration.ofSeconds(2));
    first.threads.close();

    TestingMesh mesh = TestingMesh.shuffled(new Random(1), first.state, "other");
    mesh.synced();

    assertThat(mesh.world()).isEqualTo(World.EMPTY);
    assertThat(mesh.state.services()).doesNotContainKey("files");
    assertThat(mesh.state.documents()).isEmpty();
  }

  @Test
  void closingEndsTheSourcesAndWritesWhatIsOpen() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.send(services("a.yaml", "order"));
    mesh.sources.forEach(source -> source.send(new SourceEvent.Synced()));
    mesh.threads.run();
    assertThat(mesh.state.services()).isEmpty();

    mesh.loop.close();
    mesh.loop.close();
    mesh.threads.run();

    assertThat(mesh.sources.getFirst().isClosed()).isTrue();
    assertThat(mesh.state.services().get("files")).containsOnlyKeys(id("order"));
  }

  @Test
  void twoSourcesOfOneNameAreRefused() {
    assertThatThrownBy(() -> TestingMesh.fresh("files", "files"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'files' twice");
  }
}
