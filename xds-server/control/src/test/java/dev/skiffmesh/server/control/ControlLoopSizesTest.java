package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.endpoints;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.Lacking;
import dev.skiffmesh.translator.place.Sized;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Numbers that follow from how many instances there are follow them, each way at its pace. */
class ControlLoopSizesTest {

  private static final String ORDER = "trading/order/10.0.0.1:8080";
  private static final String CLUSTER = "stock.trading|http";

  /** Three are kept, in percent; written where it can be read. */
  private record AtLeast(int percent) implements ClusterOption, Sized {
    @Override
    public Traits traits() {
      return new Traits(Slot.CONNECT_TIMEOUT, "keep", Lacking.NOTHING);
    }

    @Override
    public Optional<Sized> sized() {
      return Optional.of(this);
    }

    @Override
    public int number(int instances) {
      return instances <= 3 ? 0 : Sized.onGrid(100 * (instances - 3) / instances);
    }

    @Override
    public ClusterOption with(int number) {
      return new AtLeast(number);
    }

    @Override
    public void applyTo(Cluster.Builder cluster) {
      cluster.getConnectTimeoutBuilder().setSeconds(1_000 + percent);
    }
  }

  private static final class KeepKind implements PolicyKind<TimeoutSpec> {
    @Override
    public PolicyDescriptor<TimeoutSpec> descriptor() {
      return new PolicyDescriptor<>(
          "Keep",
          "keeps",
          TimeoutSpec.class,
          Family.SETTING,
          Direction.OUTBOUND,
          "Only for a test.");
    }

    @Override
    public void check(TimeoutSpec spec, SpecChecker checker) {}

    @Override
    public boolean isSized(TimeoutSpec spec) {
      return true;
    }

    @Override
    public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
      return List.of(Contribution.At.of(applied.getFirst().key(), new AtLeast(-1)));
    }
  }

  private final TestingMesh mesh =
      TestingMesh.real(
          Translations.by(new Translator("skiff-system", List.of(new KeepKind()), ScopeMode.ALL)),
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
            .read(
                "registry",
                "keep.yaml",
                """
                apiVersion: skiffmesh.dev/v1alpha1
                kind: Keep
                metadata: {name: keep, namespace: trading}
                spec: {targetRefs: [{kind: Service, name: stock}], idle: 1s}
                """)
            .documents()
            .getFirst());
  }

  private int percent(StreamId stream) {
    try {
      return Math.toIntExact(
          Cluster.parseFrom(
                      Any.parseFrom(
                              mesh.delivery
                                  .newest(stream)
                                  .resources()
                                  .of(ResourceKind.CLUSTER)
                                  .get(CLUSTER)
                                  .any())
                          .getValue())
                  .getConnectTimeout()
                  .getSeconds()
              - 1_000);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
