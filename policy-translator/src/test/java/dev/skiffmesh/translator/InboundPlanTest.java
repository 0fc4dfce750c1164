package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.PolicyEffect.Outcome;
import dev.skiffmesh.translator.place.InboundFilter;
import dev.skiffmesh.translator.place.Lacking;
import dev.skiffmesh.translator.place.RuleKey;
import dev.skiffmesh.translator.place.Stage;
import dev.skiffmesh.translator.plan.InboundPlan;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import dev.skiffmesh.translator.testing.TestingMesh;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a callee's proxy does is planned once for its service, whoever calls and however many. */
class InboundPlanTest {

  private static final DocumentKey FIRST = gate("first");
  private static final DocumentKey SECOND = gate("second");
  private static final int SERVICES = 50;

  private final AtomicInteger planned = new AtomicInteger();
  private final Translator translator = translator(new GateKind(Stage.ACCESS));

  /** Nobody in particular may pass. */
  private record Gate(Stage stage, String rule) implements InboundFilter {
    @Override
    public String field() {
      return "gate";
    }

    @Override
    public List<RequestMatch> matches() {
      return List.of();
    }

    @Override
    public Message config() {
      return StringValue.of(rule);
    }

    @Override
    public Optional<String> lacking(Dialect dialect) {
      return Lacking.inGrpc("gates are not available").in(dialect);
    }
  }

  /** Inbound, but for policies with `idle`, which callers enforce. */
  private final class GateKind implements PolicyKind<TimeoutSpec> {
    private final Stage another;

    private GateKind(Stage another) {
      this.another = another;
    }

    @Override
    public PolicyDescriptor<TimeoutSpec> descriptor() {
      return new PolicyDescriptor<>(
          "Gate",
          "gates",
          TimeoutSpec.class,
          Family.ADDITIVE,
          Direction.INBOUND,
          "Only for a test.");
    }

    @Override
    public void check(TimeoutSpec spec, SpecChecker checker) {}

    @Override
    public Direction direction(TimeoutSpec spec) {
      return spec.idle() == null ? Direction.INBOUND : Direction.OUTBOUND;
    }

    @Override
    public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
      return List.of(new Contribution.RuntimeKey(applied.getFirst().key(), "caller", 1));
    }

    @Override
    public List<Contribution> contributeInbound(
        List<Applied<TimeoutSpec>> applied, TargetPort target) {
      planned.incrementAndGet();
      List<Contribution> all = new ArrayList<>();
      for (Applied<TimeoutSpec> one : applied) {
        all.add(
            new Contribution.Filters(
                one.key(), List.of(new Gate(Stage.LIMITS, "a"), new Gate(another, "b"))));
        all.add(new Contribution.RuntimeKey(one.key(), "callee", 7));
      }
      return all;
    }
  }

  @Test
  void rulesStandInTheOrderOfStagesAndThenOfTheirKeys() {
    World world =
        with(with(world(1), gate("second", "")), gate("first", "from: [{service: web}], "));

    InboundPlan.Port port = plan(world, instance("s0", 0, Callers.DELTA)).ports().getFirst();

    assertThat(port.service()).isEqualTo(new ServiceId("trading", "s0"));
    assertThat(port.stages().keySet()).containsExactly(Stage.ACCESS, Stage.LIMITS);
    assertThat(port.stages().get(Stage.LIMITS))
        .extracting(InboundPlan.Rule::key)
        .containsExactly(new RuleKey(FIRST, "a"), new RuleKey(SECOND, "a"));
    assertThat(port.stages().get(Stage.ACCESS))
        .extracting(rule -> rule.from().size())
        .containsExactly(1, 0);
  }

  @Test
  void itIsToldToTheCalleeAndToNobodyElse() {
    World world = with(world(2), gate("first", ""));
    Evaluation evaluation = translator.evaluate(world);

    Translation callee = translation(evaluation, instance("s0", 0, Callers.DELTA));
    Translation caller = translation(evaluation, instance("s1", 0, Callers.DELTA));
    Translation grpc = translation(evaluation, instance("s0", 0, Callers.GRPC));

    assertThat(callee.effects()).containsEntry(FIRST, PolicyEffect.SHAPED);
    assertThat(callee.runtime().policies()).containsExactly(FIRST);
    assertThat(caller.effects()).doesNotContainKey(FIRST);
    assertThat(caller.runtime().keys()).isEmpty();
    assertThat(grpc.effects())
        .containsEntry(
            FIRST,
            new PolicyEffect(
                Outcome.PARTLY,
                "in grpc java gates are not available, runtime keys are not available"));
  }

  @Test
  void aPolicyMaySayThatCallersEnforceIt() {
    World world = with(world(2), gate("first", "").replace("request: 1s", "idle: 1s"));
    Evaluation evaluation = translator.evaluate(world);

    Translation callee = translation(evaluation, instance("s0", 0, Callers.DELTA));

    assertThat(plan(world, instance("s0", 0, Callers.DELTA))).isSameAs(InboundPlan.NOTHING);
    assertThat(planned).hasValue(0);
    assertThat(callee.runtime().keys().keySet()).allMatch(name -> name.endsWith(".caller"));
    assertThat(callee.effects()).containsEntry(FIRST, PolicyEffect.SHAPED);
  }

  @Test
  void resourcesAreAsTheyWere() {
    World world = world(2);
    ProxyIdentity callee = instance("s0", 0, Callers.GRPC);

    assertThat(translation(translator.evaluate(with(world, gate("first", ""))), callee).resources())
        .isEqualTo(translation(translator.evaluate(world), callee).resources());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1000})
  void itIsPlannedOnceHoweverManyInstancesAndCallersThereAre(int many) {
    World world = with(world(SERVICES), gate("first", callers(many)));
    Evaluation evaluation = translator.evaluate(world);
    Set<Object> inbound = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Object> outbound = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Object> translations = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Object> held = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      ProxyView view = translator.view(evaluation, instance("s0", i, Callers.DELTA));
      Translation translation = translator.translate(view);
      held.add(translation);
      inbound.add(view.inbound());
      outbound.add(view.outbound());
      translations.add(translation);
      outbound.add(
          translator.view(evaluation, instance("caller-" + i, i, Callers.DELTA)).outbound());
    }
    assertThat(planned.getAndSet(0)).isEqualTo(1);
    assertThat(inbound).hasSize(1);
    assertThat(outbound).hasSize(1);
    assertThat(translations).hasSize(1);

    // A change of another service costs nothing here.
    World after = TestingMesh.with(world, service("s1", "ALSO_CALLED"));
    InboundPlan then = plan(after, instance("s0", 0, Callers.DELTA));
    assertThat(planned).hasValue(0);
    assertThat(inbound).contains(then);
    assertThat(held).hasSize(many);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1000})
  void aPolicyOfOneServiceCostsThatOneHoweverManyThereAre(int services) {
    World world = world(services);
    for (int i = 0; i < services; i++) {
      world = with(world, gate("g" + i, "").replace("name: s0", "name: s" + i));
    }
    List<InboundPlan> before = all(world, services);
    assertThat(planned.getAndSet(0)).isEqualTo(services);

    List<InboundPlan> after = all(with(world, gate("g0", "").replace("1s", "2s")), services);

    assertThat(planned).hasValue(1);
    assertThat(after.subList(1, services))
        .usingElementComparator((one, other) -> one == other ? 0 : 1)
        .isEqualTo(before.subList(1, services));
  }

  @ParameterizedTest
  @EnumSource
  void aPolicyFillsStagesOfPoliciesOnly(Stage stage) {
    Translator other = translator(new GateKind(stage));
    Evaluation evaluation = other.evaluate(with(other, world(1), gate("first", "")));

    ProxyView view = other.view(evaluation, instance("s0", 0, Callers.DELTA));

    if (stage.isOfKinds()) {
      assertThat(view.inbound().findings()).isEmpty();
      assertThat(view.inbound().rules()).hasSize(2);
    } else {
      assertThat(view.inbound().ports()).isEmpty();
      assertThat(other.translate(view).findings())
          .singleElement()
          .satisfies(f -> assertThat(f.code()).isEqualTo(FindingCode.TRANSLATION_FAILED))
          .satisfies(f -> assertThat(f.subject()).isEqualTo(FIRST.toString()));
    }
  }

  @Test
  void aRulesBucketIsItsOwn() {
    Set<Integer> buckets =
        Set.copyOf(
            IntStream.range(0, 1000).mapToObj(i -> new RuleKey(FIRST, "r" + i).bucket()).toList());

    assertThat(buckets).hasSize(RuleKey.BUCKETS).allMatch(b -> b >= 0 && b < RuleKey.BUCKETS);
    // Written down: other replicas and later versions have the same.
    // Not to be changed: another version of Skiff would refill every limit of the mesh.
    assertThat(new RuleKey(FIRST, "a").bucket()).isEqualTo(10);
  }

  private List<InboundPlan> all(World world, int services) {
    Evaluation evaluation = translator.evaluate(world);
    return IntStream.range(0, services)
        .mapToObj(i -> translator.view(evaluation, instance("s" + i, 0, Callers.DELTA)).inbound())
        .toList();
  }

  private InboundPlan plan(World world, ProxyIdentity proxy) {
    return translator.view(translator.evaluate(world), proxy).inbound();
  }

  private Translation translation(Evaluation evaluation, ProxyIdentity proxy) {
    return translator.translate(translator.view(evaluation, proxy));
  }

  private static Translator translator(PolicyKind<?> gates) {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(gates);
    return new Translator("skiff-system", kinds, ScopeMode.ALL);
  }

  /** Instances of one service differ in their ids. */
  private static ProxyIdentity instance(String service, int number, Dialect dialect) {
    ProxyIdentity one = Callers.caller("trading", service, Map.of(), dialect);
    return new ProxyIdentity(
        one.id() + number,
        one.workload(),
        one.address(),
        one.ports(),
        one.egressPort(),
        one.engine(),
        one.locality(),
        one.dialect());
  }

  private static DocumentKey gate(String name) {
    return new DocumentKey("Gate", "trading", name);
  }

  private static String gate(String name, String from) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Gate
    metadata: {name: %s, namespace: trading}
    spec: {targetRefs: [{kind: Service, name: s0}], %srequest: 1s}
    """
        .formatted(name, from);
  }

  /** As many as a policy may name. */
  private static String callers(int many) {
    List<String> callers =
        IntStream.range(0, Math.min(many, 16))
            .mapToObj(i -> "{service: caller-" + i + "}")
            .toList();
    return "from: [" + String.join(", ", callers) + "], ";
  }

  private World with(World world, String text) {
    return with(translator, world, text);
  }

  private static World with(Translator translator, World world, String text) {
    return switch (translator.decode(TestingMesh.document(text), 1)) {
      case Decoded.Ok<Policy<?>>(Policy<?> policy) -> TestingMesh.with(world, policy);
      case Decoded.Rejected<Policy<?>>(var violations) -> throw new AssertionError(violations);
    };
  }

  private static World world(int services) {
    World world = World.EMPTY;
    for (int i = 0; i < services; i++) {
      world = TestingMesh.with(world, service("s" + i, "S" + i + "_ALIAS"));
    }
    return world;
  }

  private static Service service(String name, String alias) {
    return new Service(
        new ServiceId("trading", name),
        Immutable.sortedSet(List.of(alias)),
        List.of(new ServicePort("http", 80, Protocol.HTTP)),
        Immutable.sortedSet(List.of()),
        List.of("test"));
  }
}
