package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.policy.ServiceRef;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.testing.TestingMesh;
import dev.skiffmesh.translator.testing.TestingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A kind that fails on one service takes its own policies off it, and nothing else. */
class KindFailureTest {

  private static final DocumentKey BROKEN = new DocumentKey("Broken", "trading", "all");
  private static final ServiceId UNLUCKY = new ServiceId("trading", "s500");

  /** What the test kind throws. */
  enum Thrown {
    EXCEPTION(() -> new IllegalStateException("boom")),
    OVERFLOW(StackOverflowError::new),
    ERROR(() -> new AssertionError("never happens"));

    @SuppressWarnings("ImmutableEnumChecker") // Each time another one.
    private final Supplier<Throwable> make;

    Thrown(Supplier<Throwable> make) {
      this.make = make;
    }
  }

  /** A test-only kind, which throws on one service, and for the proxies of one workload. */
  private static class BrokenKind implements PolicyKind<TimeoutSpec> {
    private final Direction direction;
    private final Supplier<Throwable> thrown;

    BrokenKind(Direction direction, Supplier<Throwable> thrown) {
      this.direction = direction;
      this.thrown = thrown;
    }

    @Override
    public PolicyDescriptor<TimeoutSpec> descriptor() {
      return new PolicyDescriptor<>(
          "Broken", "brokens", TimeoutSpec.class, Family.ADDITIVE, direction, "Only for a test.");
    }

    @Override
    public void check(TimeoutSpec spec, SpecChecker checker) {}

    @Override
    public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
      if (target.service().id().equals(UNLUCKY)) {
        sneak(thrown.get());
      }
      return List.of(new Contribution.RuntimeKey(applied.getFirst().key(), "x", 1));
    }

    @Override
    public List<Contribution> contributeToWorkload(List<Applied<TimeoutSpec>> applied) {
      sneak(thrown.get());
      return List.of();
    }
  }

  @ParameterizedTest
  @EnumSource
  void onOneServiceOfAThousandTheOthersRoutesGoOnChanging(Thrown thrown) {
    Translator translator = translator(new BrokenKind(Direction.OUTBOUND, thrown.make));
    World before = with(translator, thousand(), broken("Namespace"));
    before = with(translator, before, route("s7", 1));
    before = with(translator, before, route(UNLUCKY.name(), 1));
    Map<String, Resource> hostsBefore = hosts(translator, before);

    World after = with(translator, before, route("s7", 2));
    after = with(translator, after, route(UNLUCKY.name(), 2));
    Translation translation = translation(translator, after);
    Map<String, Resource> hostsAfter = hosts(translator, after);

    assertThat(hostsAfter).hasSize(1000);
    assertThat(hostsAfter.keySet())
        .filteredOn(name -> !Objects.equals(hostsAfter.get(name), hostsBefore.get(name)))
        .containsExactlyInAnyOrder("egress/s7.trading:80", "egress/s500.trading:80");
    assertThat(translation.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.TRANSLATION_FAILED))
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo(BROKEN.toString()))
        .satisfies(finding -> assertThat(finding.message()).contains("trading/s500:80"));
    assertThat(effect(translation, BROKEN).outcome()).isEqualTo(PolicyEffect.Outcome.PARTLY);
    assertThat(effect(translation, BROKEN).message()).contains("trading/s500:80");
    assertThat(effect(translation, new DocumentKey("TrafficRoute", "trading", UNLUCKY.name())))
        .isEqualTo(PolicyEffect.SHAPED);
    assertThat(translation.runtime().keys()).hasSize(1);
  }

  @Test
  void aKindThatCannotSayWhatItNamesIsTakenOffToo() {
    Translator translator =
        translator(
            new BrokenKind(Direction.OUTBOUND, IllegalStateException::new) {
              @Override
              public List<ServiceRef> references(TimeoutSpec spec) {
                throw new IllegalStateException("no names");
              }
            });
    World world = with(translator, thousand(), broken("Service, name: s1"));

    Translation translation = translation(translator, world);

    assertThat(translation.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("no names"));
    assertThat(translation.resources().of(ResourceKind.VIRTUAL_HOST)).hasSize(1000);
  }

  @Test
  void anOptionThatFailsIsTakenOffWhereItDoesAndTheRestOfThatPlaceStays() {
    Translator translator =
        translator(
            new BrokenKind(Direction.OUTBOUND, IllegalStateException::new) {
              @Override
              public List<Contribution> contribute(
                  List<Applied<TimeoutSpec>> applied, TargetPort target) {
                DocumentKey by = applied.getFirst().key();
                return List.of(
                    Contribution.At.of(
                        by, new TestingOptions.OfCluster(Slot.CONNECT_TIMEOUT, fails(target))),
                    Contribution.At.of(by, new TestingOptions.OfCalls(Slot.IDLE, fails(target))));
              }
            });
    World healthy = with(translator, thousand(), route(UNLUCKY.name(), 1));
    World world = with(translator, healthy, broken("Namespace"));

    Translation translation = translation(translator, world);

    assertThat(translation.findings())
        .hasSize(3)
        .allMatch(finding -> finding.code() == FindingCode.TRANSLATION_FAILED)
        .allMatch(finding -> finding.subject().equals(BROKEN.toString()))
        .anyMatch(finding -> finding.message().contains("virtual host egress/s500.trading:80"))
        .anyMatch(finding -> finding.message().contains("cluster s500.trading|http|v=a"));
    assertThat(effect(translation, BROKEN).outcome()).isEqualTo(PolicyEffect.Outcome.PARTLY);
    for (ResourceKind kind : List.of(ResourceKind.CLUSTER, ResourceKind.VIRTUAL_HOST)) {
      Map<String, Resource> without = translation(translator, healthy).resources().of(kind);
      assertThat(translation.resources().of(kind)).hasSameSizeAs(without);
      without.forEach(
          (name, resource) -> {
            if (name.contains(UNLUCKY.host())) {
              assertThat(translation.resources().of(kind)).containsEntry(name, resource);
            }
          });
    }
  }

  private static <B> Consumer<B> fails(TargetPort target) {
    return builder -> {
      if (target.service().id().equals(UNLUCKY)) {
        throw new IllegalStateException("applied");
      }
    };
  }

  @Test
  void onAWorkloadItsProxiesGetTheRest() {
    Translator translator =
        translator(new BrokenKind(Direction.WORKLOAD, IllegalStateException::new));
    World world = with(translator, thousand(), broken("Service, name: gateway"));

    Translation translation = translation(translator, world);

    assertThat(translation.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.TRANSLATION_FAILED))
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo(BROKEN.toString()));
    assertThat(effect(translation, BROKEN).outcome()).isEqualTo(PolicyEffect.Outcome.NOTHING);
    assertThat(translation.resources().of(ResourceKind.VIRTUAL_HOST)).hasSize(1000);
  }

  @ParameterizedTest
  @EnumSource
  void aDocumentThatItsKindFailsToCheckIsRefusedAndTheOthersAreRead(Thrown thrown) {
    Translator translator =
        translator(
            new BrokenKind(Direction.OUTBOUND, thrown.make) {
              @Override
              public void check(TimeoutSpec spec, SpecChecker checker) {
                checker.refuse("spec.idle", "is what it is");
                sneak(thrown.make.get());
              }
            });

    TestingMesh mesh =
        TestingMesh.read(translator, "mesh.yaml", broken("Namespace") + "---\n" + route("s7", 1));

    assertThat(mesh.violations()).containsOnlyKeys(BROKEN);
    assertThat(mesh.violations().get(BROKEN))
        .hasSize(2)
        .anyMatch(line -> line.contains("`spec.idle` is what it is"))
        .anyMatch(line -> line.contains("`spec` is refused, since Skiff failed to check it"));
    assertThat(mesh.world().policies()).hasSize(1);
  }

  @Test
  void runningOutOfMemoryIsNoKindsFault() {
    Translator translator =
        translator(new BrokenKind(Direction.OUTBOUND, () -> new OutOfMemoryError("a test's")));
    World world = with(translator, thousand(), broken("Service, name: s500"));

    assertThatThrownBy(() -> translation(translator, world)).isInstanceOf(OutOfMemoryError.class);
  }

  private static Translator translator(PolicyKind<?> broken) {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(broken);
    return new Translator("skiff-system", kinds, ScopeMode.ALL);
  }

  private static Translation translation(Translator translator, World world) {
    return new TestingMesh(
            translator,
            world,
            new TreeMap<>(),
            List.of(Callers.caller("trading", "gateway", Map.of(), Callers.DELTA)))
        .translation();
  }

  private static Map<String, Resource> hosts(Translator translator, World world) {
    return translation(translator, world).resources().of(ResourceKind.VIRTUAL_HOST);
  }

  private static PolicyEffect effect(Translation translation, DocumentKey policy) {
    return Objects.requireNonNull(translation.effects().get(policy));
  }

  private static World with(Translator translator, World world, String text) {
    return switch (translator.decode(TestingMesh.document(text), 1)) {
      case Decoded.Ok<Policy<?>>(Policy<?> policy) -> TestingMesh.with(world, policy);
      case Decoded.Rejected<Policy<?>>(var violations) -> throw new AssertionError(violations);
    };
  }

  private static String broken(String target) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Broken
    metadata: {name: all, namespace: trading}
    spec: {targetRefs: [{kind: %s}], idle: 1s}
    """
        .formatted(target);
  }

  private static String route(String service, int weight) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TrafficRoute
    metadata: {name: %s, namespace: trading}
    spec:
      targetRefs: [{kind: Service, name: %s}]
      rules: [{destinations: [{labels: {v: a}, weight: %d}, {labels: {v: b}, weight: 9}]}]
    """
        .formatted(service, service, weight);
  }

  private static World thousand() {
    World world = World.EMPTY;
    for (int i = 0; i < 1000; i++) {
      world =
          TestingMesh.with(
              world,
              new Service(
                  new ServiceId("trading", "s" + i),
                  Immutable.sortedSet(List.of()),
                  List.of(new ServicePort("http", 80, Protocol.HTTP)),
                  Immutable.sortedSet(List.of()),
                  List.of("test")));
    }
    return world;
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
