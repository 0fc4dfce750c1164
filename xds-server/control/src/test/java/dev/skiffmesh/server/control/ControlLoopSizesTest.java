package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.endpoints;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.testing.TestingSizedKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Numbers that follow from how many instances there are follow them, each way at its pace. */
class ControlLoopSizesTest {

  private static final String ORDER = "trading/order/10.0.0.1:8080";
  private static final String CLUSTER = "stock.trading|http";

  private final TestingMesh mesh =
      TestingMesh.real(
          Translations.by(
              new Translator("skiff-system", List.of(new TestingSizedKind(true)), ScopeMode.ALL)),
          "registry");

  @Test
  void aNewServicesFirstNumberIsRight() {
    StreamId stream = started(10);

    assertThat(percent(stream)).isEqualTo(70);
    // Nobody was sent another one before.
    assertThat(
            mesh.delivery.published(stream).stream()
                .map(one -> one.snapshot().resources().of(ResourceKind.CLUSTER).get(CLUSTER))
                .distinct())
        .hasSize(1);
  }

  @Test
  void aSmallerOneIsFollowedAtOnceAndAGreaterOneAfterAWhile() {
    StreamId stream = started(10);

    mesh.send(instances(5)).settled();
    assertThat(percent(stream)).isEqualTo(40);

    mesh.send(instances(10)).settled();
    assertThat(mesh.world().endpointsOf(TestingMesh.id("stock")).endpoints()).hasSize(10);
    mesh.threads.advance(Sizes.RAISE.minus(Duration.ofSeconds(2)));
    assertThat(percent(stream)).isEqualTo(40);
    mesh.threads.advance(Duration.ofSeconds(3));
    assertThat(percent(stream)).isEqualTo(70);
  }

  @Test
  void whatWaitsAndGoesBackWasNothing() {
    StreamId stream = started(5);
    int published = mesh.delivery.published(stream).size();

    mesh.send(instances(10)).settled();
    mesh.send(instances(5)).settled();
    mesh.threads.advance(Sizes.RAISE.plusSeconds(1));

    assertThat(percent(stream)).isEqualTo(40);
    assertThat(
            mesh.delivery.published(stream).stream()
                .skip(published - 1L)
                .map(one -> one.snapshot().resources().of(ResourceKind.CLUSTER).get(CLUSTER))
                .distinct())
        .hasSize(1);
  }

  @Test
  void aGreaterOneGoesWithTheServicesNextChangeButWithNoOther() {
    StreamId stream = started(5);
    mesh.send(instances(10)).settled();

    mesh.send(services("b", "quote")).settled();
    assertThat(percent(stream)).isEqualTo(40);

    mesh.send(alsoCalled("STOCK")).settled();
    assertThat(percent(stream)).isEqualTo(70);
  }

  @Test
  void aChangeWhileAnEvaluationIsUnderWayIsCountedToo() {
    StreamId stream = started(10);
    mesh.threads.holdTranslation(true);
    mesh.send(services("b", "quote")).settled();
    mesh.send(instances(5)).settled();
    mesh.threads.holdTranslation(false);
    mesh.settled();

    assertThat(percent(stream)).isEqualTo(40);
  }

  private StreamId started(int instances) {
    mesh.send(services("a", "order", "stock"));
    mesh.send(instances(instances));
    mesh.send(keep()).synced();
    StreamId stream = mesh.delivery.connect(mesh.loop, ORDER);
    mesh.settled();
    return stream;
  }

  private static SourceEvent alsoCalled(String alias) {
    Service stock = TestingMesh.service("stock");
    return new SourceEvent.ServicesReplaced(
        "a",
        new TreeMap<>(
            Map.of(
                TestingMesh.id("order"),
                TestingMesh.service("order"),
                stock.id(),
                new Service(
                    stock.id(),
                    new TreeSet<>(Set.of(alias)),
                    stock.ports(),
                    new TreeSet<>(),
                    stock.registries()))));
  }

  private static SourceEvent instances(int count) {
    return endpoints(
        "registry",
        "stock",
        IntStream.range(0, count).mapToObj(i -> "10.0.1." + i).toArray(String[]::new));
  }

  private static SourceEvent keep() {
    return new SourceEvent.PolicyPut(
        new DocumentReader()
            .read("registry", "keep.yaml", TestingSizedKind.policy("stock", ""))
            .documents()
            .getFirst());
  }

  private int percent(StreamId stream) {
    return TestingSizedKind.percent(
        mesh.delivery.newest(stream).resources().of(ResourceKind.CLUSTER).get(CLUSTER));
  }
}
