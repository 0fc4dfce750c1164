package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.endpoints;
import static dev.skiffmesh.server.control.TestingMesh.key;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.api.status.PolicyStatus;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.ProxyReport;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlLoopProxiesTest {

  private static final String ONE = "trading/order/10.0.0.1:8080";
  private static final String TWO = "trading/order/10.0.0.2:8080";

  @Test
  void aProxyIsGivenAllThatItIsToHave() {
    TestingMesh mesh = started();
    StreamId stream = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();

    assertThat(mesh.delivery.newest(stream).resources().of(ResourceKind.CLUSTER))
        .containsOnlyKeys("trading/order", "trading/stock");
    assertThat(mesh.delivery.newest(stream).assignments())
        .containsOnlyKeys("trading/order", "trading/stock");
    ProxyReport proxy = mesh.report().proxy(ONE).orElseThrow();
    assertThat(proxy.peer()).isEqualTo("peer-1");
    assertThat(proxy.inSync()).isFalse();
    assertThat(proxy.intended()).isPresent();

    mesh.delivery.ackAll(mesh.loop, stream);
    mesh.settled();
    assertThat(mesh.report().proxy(ONE).orElseThrow().inSync()).isTrue();

    mesh.delivery.disconnect(mesh.loop, stream);
    mesh.settled();
    assertThat(mesh.report().proxies()).isEmpty();
  }

  @Test
  void programmedMeansAcknowledgedByAll() {
    TestingMesh mesh = started();
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    assertProgrammed(mesh, false, Reason.NOTHING_TO_PROGRAM, 0, 0, 0);

    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    StreamId two = mesh.delivery.connect(mesh.loop, TWO);
    mesh.settled();
    assertProgrammed(mesh, false, Reason.PENDING, 2, 0, 0);
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.settled();
    assertProgrammed(mesh, false, Reason.PENDING, 2, 1, 0);
    assertThat(programmed(mesh).message()).isEqualTo("acknowledged by 1 of 2 proxies");
    mesh.delivery.ackAll(mesh.loop, two);
    mesh.settled();
    assertProgrammed(mesh, true, Reason.PROGRAMMED, 2, 2, 0);

    mesh.send(mesh.put("canary", "target=trading/order edited")).settled();
    assertProgrammed(mesh, false, Reason.PENDING, 2, 0, 0);
  }

  @Test
  void aPolicyIsNotProgrammedBeforeItIsTranslatedForAll() {
    TestingMesh mesh = started();
    mesh.send(mesh.put("old", "target=trading/stock")).settled();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    StreamId two = mesh.delivery.connect(mesh.loop, TWO);
    mesh.settled();
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.delivery.ackAll(mesh.loop, two);
    mesh.settled();
    mesh.translations.cursed.add(TWO);
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.settled();

    assertProgrammed(mesh, false, Reason.PENDING, 1, 1, 0);
    assertThat(programmed(mesh).message())
        .isEqualTo("acknowledged by 1 of 1 proxies, not yet translated for 1 more");

    // What it has lost before says nothing of what it has become.
    mesh.send(mesh.put("canary", "target=trading/stock effect=OVERRIDDEN"));
    mesh.translations.cursed.clear();
    mesh.settled();
    assertProgrammed(mesh, false, Reason.OVERRIDDEN, 2, 0, 0);
    mesh.translations.cursed.add(TWO);
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.settled();
    assertProgrammed(mesh, false, Reason.PENDING, 1, 1, 0);

    mesh.translations.cursed.clear();
    mesh.send(mesh.put("another", "target=trading/nobody")).settled();
    mesh.delivery.ackAll(mesh.loop, two);
    mesh.settled();
    assertProgrammed(mesh, true, Reason.PROGRAMMED, 2, 2, 0);
  }

  @Test
  void aRejectionNamesThePolicyBehindItInTheProxysWords() {
    TestingMesh mesh = started();
    mesh.send(mesh.put("canary", "target=trading/order"));
    mesh.send(mesh.put("neighbour", "target=trading/stock")).settled();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    StreamId two = mesh.delivery.connect(mesh.loop, TWO);
    mesh.settled();
    mesh.delivery.nack(mesh.loop, one, ResourceKind.CLUSTER, "trading/order", "no such filter");
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.delivery.ackAll(mesh.loop, two);
    mesh.settled();

    assertProgrammed(mesh, false, Reason.REJECTED_BY_PROXY, 2, 1, 1);
    assertThat(programmed(mesh).message())
        .isEqualTo("proxy '" + ONE + "' rejected cluster 'trading/order': no such filter");
    assertThat(mesh.policy(key("neighbour")).status().programmed().status()).isTrue();
    assertThat(mesh.findings(FindingCode.REJECTED_BY_PROXY))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.subject()).isEqualTo("TestPolicy trading/canary");
              assertThat(finding.location()).isEqualTo("canary.yaml:3");
              assertThat(finding.message()).contains("no such filter");
            });

    mesh.send(mesh.put("canary", "target=trading/order edited")).settled();
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.delivery.ackAll(mesh.loop, two);
    mesh.settled();
    assertProgrammed(mesh, true, Reason.PROGRAMMED, 2, 2, 0);
    assertThat(mesh.findings(FindingCode.REJECTED_BY_PROXY)).isEmpty();
  }

  @Test
  void aRejectionWithNoPolicyBehindItIsAFindingToo() {
    TestingMesh mesh = started();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();
    mesh.delivery.nack(mesh.loop, one, ResourceKind.CLUSTER, "trading/order", "no");
    mesh.settled();
    assertThat(mesh.findings(FindingCode.REJECTED_BY_PROXY))
        .singleElement()
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo("cluster trading/order"));
  }

  @Test
  void whatShapedNothingIsNeverProgrammed() {
    TestingMesh mesh = started();
    mesh.send(mesh.put("loser", "target=trading/order effect=OVERRIDDEN"));
    mesh.send(mesh.put("shadow", "target=trading/order effect=NOTHING"));
    mesh.send(mesh.put("half", "target=trading/order effect=PARTLY"));
    mesh.send(mesh.put("elsewhere", "target=trading/nobody")).settled();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.settled();

    assertThat(mesh.report().policies())
        .extracting(
            policy -> policy.status().policy().name(),
            policy -> policy.status().programmed().reason(),
            policy -> policy.status().programmed().status(),
            policy -> policy.status().programmed().message())
        .containsExactly(
            tuple("elsewhere", Reason.NOTHING_TO_PROGRAM, false, "no connected proxy uses it yet"),
            tuple("half", Reason.PARTIALLY_PROGRAMMED, false, "by PARTLY"),
            tuple("loser", Reason.OVERRIDDEN, false, "by OVERRIDDEN"),
            tuple("shadow", Reason.NOTHING_TO_PROGRAM, false, "by NOTHING"));
  }

  @Test
  void aProxyThatNeverAsksIsNotWaitedFor() {
    TestingMesh mesh = started();
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    StreamId two = mesh.delivery.connect(mesh.loop, TWO);
    mesh.delivery.ignore(two, "trading/order");
    mesh.settled();
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.settled();
    assertProgrammed(mesh, true, Reason.PROGRAMMED, 1, 1, 0);
  }

  @Test
  void streamsOfSingleTypesLiveBesideEachOtherAndAreOneProxy() {
    TestingMesh mesh = started();
    StreamId aggregated = mesh.delivery.connect(mesh.loop, ONE);
    StreamId first = new StreamId(11);
    StreamId second = new StreamId(12);
    mesh.delivery.connect(mesh.loop, ONE, first, ResourceKind.ENDPOINT);
    mesh.delivery.connect(mesh.loop, ONE, second, ResourceKind.ENDPOINT);
    StreamId newer = new StreamId(13);
    mesh.delivery.connect(mesh.loop, ONE, newer, null);
    mesh.settled();

    assertThat(mesh.delivery.closedStreams()).containsOnlyKeys(aggregated);
    assertThat(mesh.report().proxies())
        .singleElement()
        .extracting(ProxyReport::streams)
        .isEqualTo(List.of(newer, second, first));
  }

  @Test
  void aPolicyCountsAProxyOnceWhateverItsStreams() {
    TestingMesh mesh = started();
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    StreamId clusters = new StreamId(21);
    StreamId routes = new StreamId(22);
    mesh.delivery.connect(mesh.loop, ONE, clusters, ResourceKind.CLUSTER);
    mesh.delivery.connect(mesh.loop, ONE, routes, ResourceKind.ROUTE);
    mesh.settled();
    assertProgrammed(mesh, false, Reason.PENDING, 1, 0, 0);
    mesh.delivery.ackAll(mesh.loop, clusters);
    mesh.settled();
    assertProgrammed(mesh, false, Reason.PENDING, 1, 0, 0);
    mesh.delivery.ackAll(mesh.loop, routes);
    mesh.settled();
    assertProgrammed(mesh, true, Reason.PROGRAMMED, 1, 1, 0);
  }

  @Test
  void ofTwoStreamsWithOneIdTheNewestWins() {
    TestingMesh mesh = started();
    StreamId older = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();
    StreamId newer = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();

    assertThat(mesh.delivery.closedStreams()).containsOnlyKeys(older);
    assertThat(mesh.delivery.closedStreams().get(older)).contains("peer-2");
    assertThat(mesh.report().proxies())
        .extracting(ProxyReport::streams)
        .containsExactly(List.of(newer));
    assertThat(mesh.findings(FindingCode.DUPLICATE_PROXY)).hasSize(1);

    // A twin comes again within 30 s; who is alone for longer has none, with nothing else changing.
    mesh.threads.advance(Duration.ofSeconds(30));
    assertThat(mesh.findings(FindingCode.DUPLICATE_PROXY)).hasSize(1);
    mesh.threads.advance(Duration.ofSeconds(20));
    assertThat(mesh.findings(FindingCode.DUPLICATE_PROXY)).isEmpty();
  }

  /** A gRPC client has a stream for each channel, all with the id of its one bootstrap. */
  @Test
  void theChannelsOfAGrpcClientLiveTogetherAndAreOneProxy() {
    TestingMesh mesh = started();
    StreamId pay = mesh.delivery.connectGrpc(mesh.loop, ONE);
    StreamId stock = mesh.delivery.connectGrpc(mesh.loop, ONE);
    mesh.send(mesh.put("canary", "target=trading/order")).settled();
    mesh.delivery.ackAll(mesh.loop, pay);
    mesh.settled();
    assertProgrammed(mesh, false, Reason.PENDING, 1, 0, 0);
    mesh.delivery.ackAll(mesh.loop, stock);
    mesh.settled();

    assertThat(mesh.delivery.closedStreams()).isEmpty();
    assertThat(mesh.findings(FindingCode.DUPLICATE_PROXY)).isEmpty();
    assertThat(mesh.report().proxies())
        .extracting(ProxyReport::streams)
        .containsExactly(List.of(stock, pay));
    assertProgrammed(mesh, true, Reason.PROGRAMMED, 1, 1, 0);

    mesh.delivery.disconnect(mesh.loop, stock);
    mesh.settled();
    assertThat(mesh.report().proxies())
        .extracting(ProxyReport::streams)
        .containsExactly(List.of(pay));
  }

  @Test
  void aNamespaceAndAServiceThatNoRegistryKnowsAreSaidOnceForAllTheirProxies() {
    TestingMesh mesh = started();
    mesh.delivery.connect(mesh.loop, ONE);
    mesh.delivery.connect(mesh.loop, "trading/batch/10.0.0.1:80");
    mesh.delivery.connect(mesh.loop, "trading/batch/10.0.0.2:80");
    mesh.delivery.connect(mesh.loop, "tradin/order/10.0.0.3:80");
    mesh.settled();
    assertThat(mesh.findings(FindingCode.UNREGISTERED))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.subject()).isEqualTo("proxies of trading/batch");
              assertThat(finding.message()).contains("2 connected proxies");
            });
    assertThat(mesh.findings(FindingCode.UNKNOWN_NAMESPACE))
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("'tradin'"));

    mesh.send(services("b.yaml", "batch")).settled();
    assertThat(mesh.findings(FindingCode.UNREGISTERED)).isEmpty();
  }

  @Test
  void anOlderStreamThatIsHeardOfLateLoses() {
    TestingMesh mesh = started();
    mesh.delivery.connect(mesh.loop, ONE, new StreamId(8));
    mesh.delivery.connect(mesh.loop, ONE, new StreamId(7));
    mesh.settled();
    assertThat(mesh.delivery.closedStreams()).containsOnlyKeys(new StreamId(7));
  }

  @Test
  void oneProxysFaultTouchesNoOther() {
    TestingMesh mesh = started();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    StreamId two = mesh.delivery.connect(mesh.loop, TWO);
    mesh.settled();
    mesh.translations.cursed.add(ONE);

    mesh.send(services("a.yaml", "order")).settled();

    assertThat(mesh.delivery.newest(two).resources().of(ResourceKind.CLUSTER)).hasSize(1);
    assertThat(mesh.delivery.newest(one).resources().of(ResourceKind.CLUSTER)).hasSize(2);
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED))
        .singleElement()
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo("proxy " + ONE));
    assertThat(mesh.report().proxy(ONE).orElseThrow().inSync()).isFalse();

    // Its endpoints still follow.
    mesh.send(endpoints("files", "order", "10.0.0.7")).settled();
    assertThat(mesh.delivery.published(one).getLast().changedAssignments())
        .containsExactly("trading/order");
    mesh.translations.cursed.clear();
    mesh.send(services("a.yaml", "order", "quote")).settled();
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED)).isEmpty();
    assertThat(mesh.delivery.newest(one).resources().of(ResourceKind.CLUSTER)).hasSize(2);
  }

  @Test
  void atMostOneTranslationWaitsForAProxyAndTheNewestWins() {
    TestingMesh mesh = started();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();
    int translated = mesh.translations.translated.get();

    // The pool is busy with something else.
    mesh.threads.holdTranslation(true);
    for (int i = 0; i < 20; i++) {
      mesh.send(services("a.yaml", "order", "quote-" + i));
      mesh.threads.advance(Duration.ofMillis(100));
      assertThat(mesh.threads.waitingTranslations()).isLessThanOrEqualTo(3);
    }
    mesh.threads.holdTranslation(false);
    mesh.settled();

    assertThat(mesh.translations.translated.get() - translated).isLessThanOrEqualTo(2);
    assertThat(mesh.delivery.newest(one).resources().of(ResourceKind.CLUSTER))
        .containsOnlyKeys("trading/order", "trading/quote-19");
  }

  @Test
  void convergenceIsMeasuredToTheLastAcknowledgement() {
    TestingMesh mesh = started();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    StreamId two = mesh.delivery.connect(mesh.loop, TWO);
    mesh.settled();
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.delivery.ackAll(mesh.loop, two);
    mesh.settled();
    assertThat(mesh.converged).isEmpty();

    mesh.send(endpoints("files", "order", "10.0.0.7"));
    mesh.threads.advance(Duration.ofMillis(20));
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.threads.advance(Duration.ofMillis(10));
    assertThat(mesh.converged).isEmpty();
    mesh.delivery.ackAll(mesh.loop, two);
    mesh.threads.run();
    assertThat(mesh.converged).containsExactly(Duration.ofMillis(30));

    // A service or a policy: the quiet period is part of it.
    mesh.send(mesh.put("canary", "target=trading/order"));
    mesh.threads.advance(Duration.ofMillis(15));
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.delivery.ackAll(mesh.loop, two);
    mesh.threads.run();
    assertThat(mesh.converged).containsExactly(Duration.ofMillis(30), Duration.ofMillis(15));

    // One that goes away or never answers is not waited for.
    mesh.send(endpoints("files", "order", "10.0.0.8"));
    mesh.threads.advance(Duration.ofMillis(5));
    mesh.delivery.ackAll(mesh.loop, one);
    mesh.delivery.disconnect(mesh.loop, two);
    mesh.threads.run();
    assertThat(mesh.converged).last().isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void anAssignmentOutlivesTheClusterThatProxiesHaveYetToDrop() {
    TestingMesh mesh = started();
    mesh.send(endpoints("files", "stock", "10.0.1.1")).settled();
    StreamId one = mesh.delivery.connect(mesh.loop, ONE);
    mesh.settled();
    String before =
        mesh.delivery
            .newest(one)
            .get(ResourceKind.ENDPOINT, "trading/stock")
            .orElseThrow()
            .version();

    mesh.send(services("a.yaml", "order")).settled();
    assertThat(mesh.delivery.newest(one).resources().assignmentNames())
        .containsExactly("trading/order");
    assertThat(
            mesh.delivery
                .newest(one)
                .get(ResourceKind.ENDPOINT, "trading/stock")
                .orElseThrow()
                .version())
        .isEqualTo(before);

    mesh.threads.advance(ControlSettings.DEFAULT.assignmentGrace().plusSeconds(10));
    mesh.send(endpoints("files", "order", "10.0.0.7")).settled();
    assertThat(mesh.delivery.newest(one).get(ResourceKind.ENDPOINT, "trading/stock")).isEmpty();
  }

  @Test
  void aStrangeNodeIsServedWithAFinding() {
    TestingMesh mesh = started();
    mesh.delivery.connect(mesh.loop, "");
    mesh.settled();
    assertThat(mesh.findings(FindingCode.UNKNOWN_IDENTITY)).isNotEmpty();
    assertThat(mesh.report().proxies()).hasSize(1);
  }

  private static TestingMesh started() {
    return TestingMesh.fresh("files").send(services("a.yaml", "order", "stock")).synced();
  }

  private static Condition programmed(TestingMesh mesh) {
    return mesh.policy(key("canary")).status().programmed();
  }

  private static void assertProgrammed(
      TestingMesh mesh, boolean status, Reason reason, int targeted, int acked, int rejected) {
    assertThat(programmed(mesh).reason()).as(programmed(mesh).message()).isEqualTo(reason);
    assertThat(programmed(mesh).status()).isEqualTo(status);
    assertThat(mesh.policy(key("canary")).status().proxies())
        .isEqualTo(new PolicyStatus.Proxies(targeted, acked, rejected));
  }
}
