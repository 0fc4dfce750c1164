package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.endpoints;
import static dev.skiffmesh.server.control.TestingMesh.id;
import static dev.skiffmesh.server.control.TestingMesh.key;
import static dev.skiffmesh.server.control.TestingMesh.readable;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static dev.skiffmesh.server.control.TestingMesh.unreadable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.Vitals;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whatever fails in the loop, its neighbours go on, it is said, and it is tried again. */
class ControlLoopFailuresTest {

  private static final String ONE = "trading/order/10.0.0.1:8080";
  private static final String TWO = "trading/order/10.0.0.2:8080";

  @Test
  void aFileWhoseOnlyGoodServiceIsDeletedFreezesNothing() {
    TestingMesh first = TestingMesh.fresh("files");
    first.send(unreadable("a.yaml")).send(services("a.yaml", "order")).synced();
    first.threads.advance(Duration.ofSeconds(2));

    TestingMesh mesh = first.restarted();
    mesh.send(unreadable("a.yaml")).send(services("a.yaml", "order")).synced();
    mesh.send(services("a.yaml")).settled();
    assertThat(mesh.world().services()).isEmpty();
    mesh.send(readable("a.yaml")).settled();
    mesh.send(services("b.yaml", "stock")).settled();

    assertThat(mesh.world().services()).containsOnlyKeys(id("stock"));
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED)).isEmpty();
  }

  @Test
  void aRoundThatFailsIsTriedAgainAtOnce() {
    TestingMesh mesh = oneService();
    mesh.translations.evaluationsFail.add(new IllegalStateException("a bug"));

    mesh.send(mesh.put("canary", "target=trading/order")).settled();

    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED)).isEmpty();
  }

  @Test
  void anErrorIsAFailureLikeAnyOther() {
    TestingMesh mesh = oneService();
    mesh.translations.evaluationsFail.add(new StackOverflowError());
    mesh.translations.evaluationsFail.add(new NoClassDefFoundError("some/Class"));

    mesh.send(services("b.yaml", "stock")).settled();
    assertThat(mesh.world().services()).containsOnlyKeys(id("order"));
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.subject()).isEqualTo("world");
              assertThat(finding.message()).contains("2026-11-23T08:00:0", "some/Class");
            });

    mesh.threads.advance(Duration.ofSeconds(2));
    assertThat(mesh.world().services()).containsOnlyKeys(id("order"), id("stock"));
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED)).isEmpty();
  }

  @Test
  void whileNothingEvaluatesEndpointsGoOn() {
    TestingMesh mesh = oneService();
    StreamId stream = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();
    mesh.translations.nothingEvaluates = true;
    mesh.send(mesh.put("canary", "target=trading/order"));
    // The service itself is touched by what fails: its endpoints must go on all the same.
    mesh.send(services("b.yaml", "order", "stock")).settled();

    for (int host = 2; host < 6; host++) {
      mesh.send(endpoints("files", "order", "10.0.0." + host)).settled();
      mesh.threads.advance(Duration.ofSeconds(40));
      assertThat(mesh.world().endpointsOf(id("order")).endpoints())
          .singleElement()
          .extracting(endpoint -> endpoint.address())
          .isEqualTo("10.0.0." + host);
      assertThat(mesh.delivery.newest(stream).assignments().get("trading/order").toString())
          .isEqualTo(
              mesh.translations
                  .assignment("trading/order", mesh.world().endpointsOf(id("order")))
                  .toString());
    }
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED)).hasSize(1);
    assertThat(mesh.translations.evaluated.get()).as("with growing waits").isLessThan(30);

    mesh.translations.nothingEvaluates = false;
    mesh.threads.advance(Failures.LONGEST_WAIT.plusSeconds(1));
    assertThat(mesh.world().services()).containsOnlyKeys(id("order"), id("stock"));
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED)).isEmpty();
  }

  @Test
  void endpointsWaitForTheRoundThatBringsTheirPorts() {
    TestingMesh mesh = oneService();
    mesh.translations.nothingEvaluates = true;
    mesh.send(services("a.yaml")).send(endpoints("files", "order", "10.0.0.9")).settled();

    assertThat(mesh.world().services()).containsOnlyKeys(id("order"));
    assertThat(mesh.world().endpointsOf(id("order")).endpoints())
        .as("of a service that is leaving, until nobody has a cluster for it")
        .singleElement()
        .extracting(endpoint -> endpoint.address())
        .isEqualTo("10.0.0.1");
  }

  @Test
  void somethingNewIsTriedWithoutWaiting() {
    TestingMesh mesh = oneService();
    mesh.translations.nothingEvaluates = true;
    mesh.send(mesh.put("canary", "target=trading/order"));
    mesh.threads.advance(Duration.ofMinutes(5));
    mesh.translations.nothingEvaluates = false;

    mesh.send(services("b.yaml", "stock")).settled();

    assertThat(mesh.world().services()).containsOnlyKeys(id("order"), id("stock"));
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));
  }

  @Test
  void aTranslationThatFailsIsTriedAgainWithoutAChange() {
    TestingMesh mesh = oneService();
    mesh.translations.cursed.add(TWO);
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    StreamId two = mesh.delivery.connect(mesh.loop, TWO);
    mesh.settled();
    assertThat(mesh.delivery.published(one)).hasSize(1);
    assertThat(mesh.delivery.published(two)).isEmpty();

    // Routes of the others go on changing.
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    assertThat(mesh.delivery.published(one)).hasSize(2);

    mesh.translations.cursed.clear();
    mesh.threads.advance(Failures.LONGEST_WAIT);
    assertThat(mesh.delivery.newest(two).resources())
        .isEqualTo(mesh.delivery.newest(one).resources());
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED)).isEmpty();
  }

  @Test
  void aDeliveryThatFailsIsMadeUpFor() {
    TestingMesh mesh = oneService();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();
    Mishaps mishaps = new Mishaps(2);
    mesh.delivery.mishap = mishaps;

    mesh.send(endpoints("files", "order", "10.0.0.2")).settled();
    mesh.threads.advance(Duration.ofSeconds(5));

    assertThat(mishaps.left()).isZero();
    assertThat(mesh.delivery.newest(one).assignments().get("trading/order"))
        .isEqualTo(
            mesh.translations.assignment("trading/order", mesh.world().endpointsOf(id("order"))));
  }

  @Test
  void aReportThatFailsIsMadeAgain() {
    TestingMesh mesh = oneService();
    mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();
    long before = mesh.report().revision();
    Mishaps mishaps = new Mishaps(3);
    mesh.delivery.blind = mishaps;

    mesh.send(services("b.yaml", "stock")).settled();
    assertThat(mesh.report().revision()).isEqualTo(before);
    mesh.threads.advance(Duration.ofSeconds(10));

    assertThat(mishaps.left()).isZero();
    assertThat(mesh.world().services()).containsOnlyKeys(id("order"), id("stock"));
  }

  @Test
  void anErrorAtTheDiskIsAFindingAndTriedAgain() {
    TestingMesh mesh = oneService();
    mesh.state.mishap =
        () -> {
          throw new NoClassDefFoundError("some/Codec");
        };
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));
    assertThat(mesh.findings(FindingCode.STATE_FOLDER)).hasSize(1);

    mesh.state.mishap = () -> {};
    mesh.threads.advance(StateWriter.RETRY.plusSeconds(2));
    assertThat(mesh.state.documents()).containsOnlyKeys(key("canary"));
    assertThat(mesh.findings(FindingCode.STATE_FOLDER)).isEmpty();
  }

  @Test
  void aDiskThatNeverAnswersHoldsPoliciesBackForAMomentOnly() {
    TestingMesh mesh = oneService();
    mesh.threads.holdWriting(true);
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    assertThat(mesh.world().policies()).as("until it is durable").isEmpty();

    mesh.threads.advance(ControlLoop.SAVING.plusSeconds(1));
    assertThat(mesh.world().policies()).containsOnlyKeys(key("canary"));

    mesh.threads.advance(Vitals.Part.STATE_FOLDER.bound());
    assertThat(mesh.findings(FindingCode.STANDS_STILL))
        .singleElement()
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo("state folder"));
    mesh.send(mesh.put("limit", "target=trading/order")).settled();
    assertThat(mesh.world().policies())
        .as("nobody waits for a disk that stands still")
        .containsOnlyKeys(key("canary"), key("limit"));

    mesh.threads.holdWriting(false);
    mesh.settled();
    assertThat(mesh.state.documents()).containsOnlyKeys(key("canary"), key("limit"));
    assertThat(mesh.findings(FindingCode.STANDS_STILL)).isEmpty();
  }

  @Test
  void aLoopThatStandsStillIsNotReadyAndThenDead() {
    TestingMesh mesh = oneService();
    assertThat(mesh.report().readiness().ready()).isTrue();

    mesh.threads.hang(Vitals.Part.LOOP.bound().plusSeconds(1));
    assertThat(mesh.report().readiness().ready()).isFalse();
    assertThat(mesh.report().readiness().notes()).singleElement().asString().contains("loop");
    assertThat(mesh.findings(FindingCode.STANDS_STILL)).hasSize(1);
    assertThat(mesh.loop.vitals().dead()).isEmpty();

    mesh.threads.hang(Duration.ofSeconds(30));
    assertThat(mesh.loop.vitals().dead()).isPresent();

    mesh.threads.advance(Duration.ofSeconds(1));
    assertThat(mesh.loop.vitals().dead()).isEmpty();
    assertThat(mesh.report().readiness().ready()).isTrue();
  }

  @Test
  void aRoundThatDoesNotEndIsAFinding() {
    TestingMesh mesh = oneService();
    mesh.threads.holdTranslation(true);
    mesh.send(services("b.yaml", "stock")).settled();
    mesh.threads.advance(Vitals.Part.REPORT.bound().plusSeconds(1));

    assertThat(mesh.findings(FindingCode.STANDS_STILL))
        .extracting(finding -> finding.subject())
        .containsExactly("report", "round");
    assertThat(mesh.report().readiness().ready()).as("proxies are served").isTrue();
  }

  @Test
  void aGateThatFailsToOpenIsOpenedAgain() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.delivery.mishap = new Mishaps(1);
    mesh.send(services("a.yaml", "order")).synced();
    mesh.threads.advance(Duration.ofSeconds(5));
    assertThat(mesh.delivery.isOpen()).isTrue();
    assertThat(mesh.report().readiness().ready()).isTrue();
  }

  @Test
  void aServiceThatLeftHasNoEndpointsForWhoAsksByName() {
    TestingMesh mesh = oneService();
    mesh.send(services("b.yaml", "stock"));
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();
    // A proxy that cannot be translated for keeps its cluster, and with it its name in use.
    mesh.translations.cursed.add(ONE);
    mesh.send(services("a.yaml")).settled();
    assertThat(mesh.delivery.newest(one).assignments().get("trading/order").toString())
        .as("for a while")
        .isNotEqualTo(empty(mesh));

    mesh.threads.advance(ControlSettings.DEFAULT.assignmentGrace().plusSeconds(6));
    assertThat(mesh.delivery.newest(one).assignments().get("trading/order").toString())
        .isEqualTo(empty(mesh));
    StreamId late = mesh.delivery.connect(mesh.loop, TWO);
    mesh.settled();
    assertThat(mesh.delivery.newest(late).assignments().get("trading/order").toString())
        .isEqualTo(empty(mesh));

    // Once nobody has a cluster for it the name is gone, and who asked for it is told.
    mesh.translations.cursed.clear();
    mesh.threads.advance(ControlSettings.DEFAULT.assignmentGrace().plusSeconds(40));
    assertThat(mesh.delivery.newest(one).assignments()).doesNotContainKey("trading/order");
  }

  private static String empty(TestingMesh mesh) {
    return mesh.translations.assignment("trading/order", EndpointSet.EMPTY).toString();
  }

  private static TestingMesh oneService() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.send(services("a.yaml", "order")).send(endpoints("files", "order", "10.0.0.1"));
    mesh.synced();
    assertThat(mesh.world().services()).containsOnlyKeys(id("order"));
    return mesh;
  }

  /** Throws so many times. */
  private static final class Mishaps implements Runnable {
    private int left;

    private Mishaps(int times) {
      this.left = times;
    }

    private int left() {
      return left;
    }

    @Override
    public void run() {
      if (left > 0) {
        left--;
        throw new IllegalStateException("a mishap");
      }
    }
  }
}
