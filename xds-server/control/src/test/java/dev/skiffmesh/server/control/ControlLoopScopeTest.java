package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.endpoints;
import static dev.skiffmesh.server.control.TestingMesh.id;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.ScopeReport;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What each proxy is sent, as its workload asks for it, calls it and forgets it. */
class ControlLoopScopeTest {

  private static final String ONE = "trading/order/10.0.0.1:8080";
  private static final String TWO = "trading/order/10.0.0.2:8080";
  private static final Duration A_DAY = Duration.ofDays(1);

  @Test
  void whatOneReplicaAsksForAllHaveAndSoDoesTheNextVersion() {
    TestingMesh mesh = started(ScopeMode.ON_DEMAND);
    StreamId one = mesh.delivery.connect(mesh.loop, ONE, "v1");
    StreamId two = mesh.delivery.connect(mesh.loop, TWO, "v1");
    mesh.settled();
    assertThat(sent(mesh, one)).isEmpty();

    asks(mesh, one, "stock.trading");
    assertThat(sent(mesh, one)).containsExactly("stock.trading|http");
    assertThat(sent(mesh, two)).containsExactly("stock.trading|http");

    StreamId next = mesh.delivery.connect(mesh.loop, "trading/order/10.0.0.3:8080", "v2");
    mesh.settled();
    assertThat(sent(mesh, next)).containsExactly("stock.trading|http");
    assertThat(mesh.report().scopes())
        .extracting(report -> report.workload().version(), ScopeReport::proxies)
        .containsExactly(tuple("v1", 2), tuple("v2", 1));

    asks(mesh, next, "quote.trading");
    assertThat(sent(mesh, next)).containsExactly("quote.trading|http", "stock.trading|http");
    // What a new version calls says nothing about the old one.
    assertThat(sent(mesh, one)).containsExactly("stock.trading|http");
  }

  @Test
  void aVersionOfWhichNothingIsKnownFollowsTheOthers() {
    TestingMesh mesh = started(ScopeMode.ON_DEMAND);
    StreamId next = mesh.delivery.connect(mesh.loop, TWO, "v2");
    StreamId one = mesh.delivery.connect(mesh.loop, ONE, "v1");
    mesh.settled();
    asks(mesh, one, "stock.trading");
    assertThat(sent(mesh, next)).containsExactly("stock.trading|http");
    // From here on it has a life of its own.
    asks(mesh, one, "quote.trading");
    assertThat(sent(mesh, next)).containsExactly("stock.trading|http");
  }

  @Test
  void aRestartForgetsNothing() {
    TestingMesh mesh = started(ScopeMode.ON_DEMAND);
    asks(mesh, connected(mesh, ONE), "stock.trading");

    TestingMesh again = mesh.restarted();
    again.send(services("a", "order", "stock", "quote")).synced();
    assertThat(sent(again, connected(again, TWO))).containsExactly("stock.trading|http");
    assertThat(uses(again)).containsExactly(id("stock"));
  }

  @Test
  void whatIsCalledStaysAndWhatIsNotIsSentToNoNewReplica() {
    TestingMesh mesh = started(ScopeMode.ON_DEMAND);
    StreamId one = connected(mesh, ONE);
    asks(mesh, one, "stock.trading", "quote.trading");
    Instant beginning = ManualThreads.BEGINNING;

    for (int day = 0; day < 8; day++) {
      mesh.threads.sleep(A_DAY);
      // It never asks again, but its proxy reports the calls.
      mesh.loop.used(ONE, new TreeSet<>(Set.of(id("stock"))));
      mesh.settled();
    }

    assertThat(uses(mesh)).contains(id("stock"));
    ScopeReport.Used stock = use(mesh, "stock");
    assertThat(stock.how()).isEqualTo(ScopeReport.How.LEARNED);
    assertThat(stock.first()).isBefore(beginning.plus(A_DAY));
    assertThat(stock.last()).isAfter(beginning.plus(A_DAY.multipliedBy(7)));
    // The proxy that has it keeps it; Envoy would answer 404 and not ask again.
    assertThat(sent(mesh, one)).containsExactly("quote.trading|http", "stock.trading|http");
    assertThat(use(mesh, "quote").how()).isEqualTo(ScopeReport.How.KEPT);
    assertThat(sent(mesh, connected(mesh, TWO))).containsExactly("stock.trading|http");
  }

  @Test
  void callsAreWrittenDownUnderAllToo() {
    TestingMesh mesh = started(ScopeMode.ALL);
    StreamId one = connected(mesh, ONE);
    assertThat(sent(mesh, one)).hasSize(3);

    mesh.loop.used(ONE, new TreeSet<>(Set.of(id("stock"), id("invented"))));
    mesh.loop.used("trading/order/nobody", new TreeSet<>(Set.of(id("quote"))));
    mesh.settled();
    assertThat(uses(mesh)).containsExactly(id("stock"));
  }

  @Test
  void whereAPolicySendsCallsToIsNotTheWorkloadsOwnChoice() {
    TestingMesh mesh = started(ScopeMode.ON_DEMAND);
    StreamId one = connected(mesh, ONE);
    asks(mesh, one, "stock.trading");
    mesh.loop.used(ONE, new TreeSet<>(Set.of(id("stock"), id("quote"))));
    mesh.settled();
    assertThat(uses(mesh)).containsExactly(id("stock"));
    assertThat(sent(mesh, one)).containsExactly("stock.trading|http");
  }

  @Test
  void aServiceThatGoesAndComesBackIsStillUsed() {
    TestingMesh mesh = started(ScopeMode.ON_DEMAND);
    StreamId one = connected(mesh, ONE);
    asks(mesh, one, "stock.trading");
    mesh.send(services("a", "order", "quote"));
    mesh.threads.advance(Duration.ofMinutes(2));
    assertThat(sent(mesh, one)).isEmpty();
    mesh.send(services("a", "order", "quote", "stock")).settled();
    assertThat(sent(mesh, one)).containsExactly("stock.trading|http");
  }

  @Test
  void whatNoRegistryKnowsIsServedAndNotWrittenDown() {
    TestingMesh mesh = started(ScopeMode.ON_DEMAND);
    mesh.threads.advance(Duration.ofMinutes(1));
    int writes = mesh.state.writes();
    for (int i = 0; i < 100; i++) {
      StreamId invented = connected(mesh, "trading/invented-" + i + "/10.0.0.1:8080");
      asks(mesh, invented, "stock.trading");
      assertThat(sent(mesh, invented)).containsExactly("stock.trading|http");
    }
    mesh.threads.advance(Duration.ofMinutes(1));
    assertThat(mesh.state.writes()).isEqualTo(writes);
    assertThat(mesh.state.restore().scopes()).isEmpty();
    assertThat(uses(mesh)).isEmpty();
  }

  @Test
  void whatAProxyAsksForBeforeItsApplicationRegistersIsWrittenDownThen() {
    TestingMesh mesh = started(ScopeMode.ON_DEMAND);
    StreamId late = connected(mesh, "trading/late/10.0.0.9:8080");
    asks(mesh, late, "stock.trading");
    assertThat(uses(mesh)).isEmpty();

    mesh.send(services("a", "order", "stock", "quote", "late")).settled();
    mesh.threads.advance(Duration.ofSeconds(6));
    assertThat(uses(mesh)).containsExactly(id("stock"));
    assertThat(sent(mesh, connected(mesh, "trading/late/10.0.0.10:8080")))
        .containsExactly("stock.trading|http");
  }

  @Test
  void versionsThatAreInventedAreBoundedAndSaid() {
    TestingMesh mesh = started(ScopeMode.ON_DEMAND);
    StreamId one = mesh.delivery.connect(mesh.loop, ONE, "v1");
    mesh.settled();
    asks(mesh, one, "stock.trading");
    for (int i = 0; i < 100; i++) {
      mesh.delivery.connect(mesh.loop, "trading/order/10.0.1." + i + ":80", "invented-" + i);
      mesh.threads.sleep(Duration.ofHours(1));
      mesh.settled();
      mesh.loop.used(ONE, new TreeSet<>(Set.of(id("stock"))));
      mesh.settled();
    }
    mesh.threads.advance(Duration.ofMinutes(1));
    assertThat(mesh.state.restore().scopes().stream().filter(scope -> !scope.uses().isEmpty()))
        .hasSize(ScopeBook.VERSIONS)
        // What is in use is not what has to go.
        .anyMatch(scope -> scope.workload().version().equals("v1"));
    assertThat(mesh.findings(FindingCode.SCOPE_BOUND))
        .singleElement()
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo("service trading/order"));
  }

  private static TestingMesh started(ScopeMode scope) {
    TestingMesh mesh =
        TestingMesh.real(
            Translations.by(new Translator("skiff-system", PolicyKinds.ALL, scope)), "registry");
    mesh.send(services("a", "order", "stock", "quote"));
    for (String service : List.of("order", "stock", "quote")) {
      mesh.send(endpoints("registry", service, "10.0.1.1"));
    }
    return mesh.synced();
  }

  private static StreamId connected(TestingMesh mesh, String node) {
    StreamId stream = mesh.delivery.connect(mesh.loop, node);
    mesh.settled();
    return stream;
  }

  /** As Envoy does: a name in the route configuration of its egress listener. */
  private static void asks(TestingMesh mesh, StreamId stream, String... hosts) {
    TreeSet<String> names = new TreeSet<>();
    for (String host : hosts) {
      names.add("egress/" + host);
    }
    mesh.loop.wanted(stream, ResourceKind.VIRTUAL_HOST, names, new TreeSet<>());
    mesh.settled();
  }

  private static Collection<String> sent(TestingMesh mesh, StreamId stream) {
    return mesh.delivery.newest(stream).resources().of(ResourceKind.CLUSTER).keySet();
  }

  /** What is learned, over all workloads. */
  private static Set<ServiceId> uses(TestingMesh mesh) {
    Set<ServiceId> uses = new TreeSet<>();
    mesh.report()
        .scopes()
        .forEach(
            report ->
                report.uses().stream()
                    .filter(use -> use.how() == ScopeReport.How.LEARNED)
                    .forEach(use -> uses.add(use.service())));
    return uses;
  }

  private static ScopeReport.Used use(TestingMesh mesh, String service) {
    return mesh.report().scopes().stream()
        .flatMap(report -> report.uses().stream())
        .filter(use -> use.service().equals(id(service)))
        .findFirst()
        .orElseThrow();
  }
}
