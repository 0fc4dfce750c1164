package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.document;
import static dev.skiffmesh.server.control.TestingMesh.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.source.SourceEvent;
import org.junit.jupiter.api.Test;

/** One file with a thousand policies beside one with a single one; counted in documents. */
class ControlLoopManyDocumentsTest {

  private static final int MANY = 1_000;
  private static final DocumentKey CANARY = key("canary");

  /** The one that was under way, its own, and the one in which the disk is stopped. */
  private static final int THREE_ROUNDS = 3 * 100 + 1;

  @Test
  void onePolicyDoesNotWaitForAnotherFilesThousand() {
    TestingMesh mesh = TestingMesh.fresh("files").synced();
    mesh.threads.holdWriting(true);
    sendMany(mesh);
    mesh.settled();
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    assertThat(mesh.world().policies()).isEmpty();

    stopTheDiskOnceItHasTheCanary(mesh);
    mesh.threads.holdWriting(false);
    mesh.settled();

    assertThat(mesh.world().policies()).containsKey(CANARY);
    assertThat(mesh.world().policies().size()).isLessThanOrEqualTo(THREE_ROUNDS);

    mesh.state.mishap = () -> {};
    mesh.threads.holdWriting(false);
    mesh.settled();
    assertThat(mesh.world().policies().size()).isEqualTo(MANY + 1);
    assertThat(mesh.state.documents().size()).isEqualTo(MANY + 1);
    assertThat(mesh.state.writes()).as("none is written twice").isEqualTo(MANY + 1);
    assertThat(mesh.state.syncs()).isLessThanOrEqualTo(MANY / 100 + 2);
  }

  @Test
  void oneDeletionDoesNotWaitForAThousand() {
    TestingMesh mesh = TestingMesh.fresh("files");
    sendMany(mesh);
    mesh.send(mesh.put("canary", "target=trading/order"));
    mesh.synced();
    assertThat(mesh.world().policies().size()).isEqualTo(MANY + 1);

    mesh.threads.holdWriting(true);
    for (int i = 0; i < MANY; i++) {
      mesh.send(new SourceEvent.PolicyDeleted(many(i)));
    }
    mesh.settled();
    mesh.send(new SourceEvent.PolicyDeleted(CANARY));
    mesh.state.mishap = () -> mesh.threads.holdWriting(!mesh.state.documents().containsKey(CANARY));
    mesh.threads.holdWriting(false);
    mesh.settled();

    assertThat(mesh.world().policies()).doesNotContainKey(CANARY);
    assertThat(mesh.world().policies().size()).isGreaterThanOrEqualTo(MANY - THREE_ROUNDS);
  }

  /** As an API server tells them: each object is a place of its own. */
  @Test
  void oneNamespaceDoesNotWaitForAnothersThousand() {
    TestingMesh mesh = TestingMesh.fresh("files").synced();
    mesh.threads.holdWriting(true);
    for (int i = 0; i < MANY; i++) {
      mesh.send(
          new SourceEvent.PolicyPut(
              document("files", "object " + i, many(i).name(), "target=trading/order")));
    }
    mesh.settled();
    DocumentKey other = new DocumentKey(CANARY.kind(), "warehouse", "canary");
    RawDocument text = document("files", "object", "canary", "target=warehouse/order");
    mesh.send(
        new SourceEvent.PolicyPut(new RawDocument(other, text.root(), text.origin(), text.text())));
    mesh.settled();
    mesh.state.mishap = () -> mesh.threads.holdWriting(mesh.state.documents().containsKey(other));
    mesh.threads.holdWriting(false);
    mesh.settled();

    assertThat(mesh.world().policies()).containsKey(other);
    assertThat(mesh.world().policies().size()).isLessThanOrEqualTo(THREE_ROUNDS);
  }

  @Test
  void theStartTakesAllAndWaitsForNoDisk() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.threads.holdWriting(true);
    sendMany(mesh);
    mesh.synced();

    assertThat(mesh.report().readiness().ready()).isTrue();
    assertThat(mesh.world().policies().size()).isEqualTo(MANY);

    mesh.threads.holdWriting(false);
    mesh.settled();
    assertThat(mesh.state.documents().size()).isEqualTo(MANY);
  }

  private static DocumentKey many(int number) {
    return key("a-%d".formatted(number));
  }

  private static void sendMany(TestingMesh mesh) {
    for (int i = 0; i < MANY; i++) {
      mesh.send(
          new SourceEvent.PolicyPut(
              document("files", "many.yaml", many(i).name(), "target=trading/order")));
    }
  }

  private static void stopTheDiskOnceItHasTheCanary(TestingMesh mesh) {
    mesh.state.mishap = () -> mesh.threads.holdWriting(mesh.state.documents().containsKey(CANARY));
  }
}
