package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.endpoint;
import static dev.skiffmesh.server.control.TestingMesh.id;
import static dev.skiffmesh.server.control.TestingMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.DeliveryListener;
import dev.skiffmesh.server.delivery.NodeReader;
import dev.skiffmesh.server.delivery.ProxyAnswer;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.ReportInput;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/** The proxies by themselves, told what is in force and what streams do. */
class ProxiesTest {

  private static final String ONE = "trading/order/10.0.0.1:8080";
  private static final String TWO = "trading/order/10.0.0.2:8080";
  private static final Duration GRACE = ControlSettings.DEFAULT.assignmentGrace().plusSeconds(1);

  private final ManualThreads threads = new ManualThreads();
  private final TestingTranslations translations = new TestingTranslations();
  private final TestingDelivery delivery = new TestingDelivery();
  private final InForce inForce = new InForce();
  private final History history = new History();
  private int changes;
  private final Proxies proxies = proxies();
  private final DeliveryListener streams = new Streams();

  private Proxies proxies() {
    Failures failures = new Failures(threads.clock(), () -> {});
    Sources sources = new Sources(List.of(), ManualThreads.BEGINNING);
    return new Proxies(
        translations,
        delivery,
        threads,
        threads.clock(),
        ControlSettings.DEFAULT,
        ControlMetrics.NONE,
        failures,
        inForce,
        new ScopeBook(_ -> true, _ -> {}),
        new RuntimeKeys(
            sources,
            new PolicyLedger(new PolicyReader(translations), sources.inOrder()),
            ControlMetrics.NONE),
        () -> changes++);
  }

  /** What the engine tells goes straight to them, as on the control thread. */
  private final class Streams implements DeliveryListener {
    @Override
    public void opened(
        StreamId stream, Node node, boolean incremental, String peer, @Nullable ResourceKind only) {
      proxies.opened(
          stream, NodeReader.read(node, incremental), peer, only, ManualThreads.BEGINNING);
    }

    @Override
    public void answered(ProxyAnswer ack) {
      proxies.answered(ack);
    }

    @Override
    public void wanted(
        StreamId stream, ResourceKind kind, SortedSet<String> asked, SortedSet<String> held) {}

    @Override
    public void closed(StreamId stream) {
      proxies.closed(stream);
    }
  }

  private StreamId connect(String proxy) {
    StreamId stream = delivery.connect(streams, proxy);
    threads.run();
    return stream;
  }

  private World world(String... names) {
    World world = World.EMPTY;
    for (String name : names) {
      world =
          new World(
              world.services().plus(id(name), service(name)),
              world.endpoints().plus(id(name), instance("10.0.0.1")),
              TreePMap.empty());
    }
    return world;
  }

  private static EndpointSet instance(String address) {
    return new EndpointSet(List.of(endpoint("files", address, 80, 1)));
  }

  private void adopt(World world) {
    Set<ServiceId> touched = new TreeSet<>(world.services().keySet());
    touched.addAll(inForce.world().services().keySet());
    inForce.become(world, translations.evaluate(world), false);
    proxies.adopt(touched, null, history.begin(ManualThreads.BEGINNING, "a test"));
  }

  private void inForce(String... names) {
    adopt(world(names));
    threads.run();
  }

  private Set<String> clusters(StreamId stream) {
    return delivery.newest(stream).resources().of(ResourceKind.CLUSTER).keySet();
  }

  private int given(StreamId stream) {
    return delivery.published(stream).size();
  }

  @Test
  void nobodyIsTranslatedForBeforeSomethingIsInForce() {
    StreamId stream = connect(ONE);
    assertThat(given(stream)).isZero();
    assertThat(proxies.reported(true))
        .singleElement()
        .extracting(ReportInput.Stream::translation)
        .isNull();

    inForce("order");
    assertThat(clusters(stream)).containsExactly("trading/order");
  }

  @Test
  void anEqualViewIsTranslatedOnce() {
    inForce("order");
    StreamId one = connect(ONE);
    StreamId two = connect(TWO);
    assertThat(translations.translated).hasValue(2);

    // Another object, and nothing else than before.
    inForce("order");
    assertThat(translations.evaluated).hasValue(2);
    assertThat(translations.translated).hasValue(2);
    assertThat(given(one) + given(two)).isEqualTo(2);
    assertThat(proxies.reported(true)).allMatch(ReportInput.Stream::current);

    inForce("order", "stock");
    assertThat(translations.translated).hasValue(4);
    assertThat(clusters(two)).containsExactly("trading/order", "trading/stock");
  }

  @Test
  void whatComesWhileItIsTranslatedIsOneTranslationMore() {
    inForce("order");
    StreamId stream = connect(ONE);
    threads.holdTranslation(true);
    inForce("order", "stock");
    inForce("order", "stock", "cart");
    inForce("order", "cart");
    assertThat(threads.waitingTranslations()).isEqualTo(1);

    threads.holdTranslation(false);
    threads.run();
    assertThat(translations.translated).hasValue(3);
    assertThat(clusters(stream)).containsExactly("trading/cart", "trading/order");
  }

  @Test
  void otherEndpointsAreGivenToWhoHasThemAndTranslateNothing() {
    inForce("order", "stock");
    StreamId stream = connect(ONE);
    int translated = translations.translated.get();
    World world = inForce.world();
    inForce.become(
        new World(
            world.services(),
            world.endpoints().plus(id("stock"), instance("10.0.0.9")),
            world.policies()));
    proxies.endpointsChanged(
        new TreeSet<>(Set.of(id("stock"), id("nobody"))),
        threads.nanos(),
        history.begin(ManualThreads.BEGINNING, "a test"));
    threads.run();

    assertThat(translations.translated).hasValue(translated);
    assertThat(delivery.published(stream).getLast().changedAssignments())
        .containsExactly("trading/stock");
    assertThat(history.changes())
        .singleElement()
        .satisfies(one -> assertThat(one.proxies()).isOne());
  }

  @Test
  void aTranslationThatFailsTakesOutOneProxyAndIsTriedAgain() {
    inForce("order");
    StreamId one = connect(ONE);
    StreamId two = connect(TWO);
    translations.cursed.add(TWO);
    inForce("order", "stock");

    assertThat(clusters(one)).containsExactly("trading/order", "trading/stock");
    assertThat(clusters(two)).as("it keeps what it has").containsExactly("trading/order");
    assertThat(proxies.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.TRANSLATION_FAILED))
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo("proxy " + TWO))
        .satisfies(
            finding ->
                assertThat(finding.message())
                    .contains("since 2026-11-23T08:00:00Z")
                    .contains("this proxy is cursed"));

    int tries = translations.translated.get();
    threads.advance(Failures.LONGEST_WAIT.multipliedBy(4));
    assertThat(translations.translated.get() - tries).as("with growing waits").isBetween(4, 9);

    translations.cursed.clear();
    threads.advance(Failures.LONGEST_WAIT);
    assertThat(clusters(two)).containsExactly("trading/order", "trading/stock");
    assertThat(proxies.findings()).isEmpty();
  }

  @Test
  void whatCouldNotBeGivenIsGivenWhole() {
    inForce("order");
    StreamId one = connect(ONE);
    StreamId two = connect(TWO);
    int[] left = {1};
    delivery.mishap =
        () -> {
          if (left[0]-- == 1) {
            throw new IllegalStateException("the stream is odd");
          }
        };
    inForce("order", "stock");
    threads.advance(Failures.LONGEST_WAIT);

    assertThat(clusters(one)).containsExactly("trading/order", "trading/stock");
    assertThat(clusters(two)).containsExactly("trading/order", "trading/stock");
    assertThat(proxies.findings()).isEmpty();
  }

  @Test
  void aProxyThatLeavesIsForgotten() {
    inForce("order");
    StreamId one = connect(ONE);
    StreamId two = connect(TWO);
    translations.cursed.add(ONE);
    inForce("order", "stock");
    assertThat(proxies.findings()).hasSize(1);

    int before = changes;
    delivery.disconnect(streams, one);
    assertThat(proxies.streams()).extracting(stream -> stream.id).containsExactly(two);
    assertThat(proxies.findings()).isEmpty();
    assertThat(changes).isEqualTo(before + 1);
    delivery.disconnect(streams, two);

    int translated = translations.translated.get();
    threads.advance(Failures.LONGEST_WAIT.multipliedBy(2));
    assertThat(translations.translated).as("nobody is translated for again").hasValue(translated);
  }

  @Test
  void assignmentsThatNobodyHasAreDroppedAfterAWhile() {
    inForce("order");
    StreamId stream = connect(ONE);
    int assigned = translations.assigned.get();
    delivery.disconnect(streams, stream);
    connect(ONE);
    assertThat(translations.assigned).as("it came back soon").hasValue(assigned);

    proxies.closed(new StreamId(2));
    threads.sleep(GRACE);
    proxies.expire();
    connect(ONE);
    assertThat(translations.assigned).hasValue(assigned + 1);
  }

  @Test
  void whoLeavesWhileItIsTranslatedIsGivenNothing() {
    inForce("order");
    threads.holdTranslation(true);
    StreamId gone = connect(ONE);
    StreamId stays = connect(TWO);
    proxies.closed(gone);
    threads.holdTranslation(false);
    threads.run();

    assertThat(given(gone)).isZero();
    assertThat(given(stays)).isEqualTo(1);
    assertThat(proxies.findings()).isEmpty();
  }

  @Test
  void aServiceThatIsGoneKeepsItsAssignmentForAWhile() {
    inForce("order", "stock");
    StreamId stream = connect(ONE);
    inForce("order");
    assertThat(clusters(stream)).containsExactly("trading/order");
    assertThat(delivery.newest(stream).assignments())
        .as("calls do not fail until the proxy has let go of the cluster")
        .containsOnlyKeys("trading/order", "trading/stock");

    threads.sleep(GRACE);
    proxies.expire();
    assertThat(delivery.newest(stream).assignments()).containsOnlyKeys("trading/order");
  }

  @Test
  void theNewerStreamOfOneEnvoyCounts() {
    inForce("order");
    StreamId older = connect(ONE);
    StreamId newer = connect(ONE);

    assertThat(delivery.closedStreams()).containsOnlyKeys(older);
    assertThat(proxies.streams()).extracting(stream -> stream.id).containsExactly(newer);
    assertThat(proxies.findings())
        .extracting(Finding::code)
        .containsExactly(FindingCode.DUPLICATE_PROXY);

    threads.sleep(Duplicates.LIFETIME.plusSeconds(1));
    proxies.expire();
    assertThat(proxies.findings()).isEmpty();
  }
}
