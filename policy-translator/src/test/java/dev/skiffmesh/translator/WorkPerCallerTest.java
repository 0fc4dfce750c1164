package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.testing.TestingMesh;
import dev.skiffmesh.translator.testing.TestingOptions;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Work follows what differs, never how many callers or services there are: plans made and clusters
 * rendered are counted by a kind that is asked for each.
 */
class WorkPerCallerTest {

  private static final int SERVICES = 50;

  private final AtomicInteger planned = new AtomicInteger();
  private final AtomicInteger rendered = new AtomicInteger();

  @SuppressWarnings("UnnecessaryLambda") // One object, or no two options were equal.
  private final Consumer<Cluster.Builder> counting = cluster -> rendered.incrementAndGet();

  private final Translator translator = translator(Direction.OUTBOUND);

  /** Is asked once for each plan, and writes once for each cluster that is rendered. */
  private final class CountingKind implements PolicyKind<TimeoutSpec> {
    private final String name;
    private final Direction direction;

    private CountingKind(String name, Direction direction) {
      this.name = name;
      this.direction = direction;
    }

    @Override
    public PolicyDescriptor<TimeoutSpec> descriptor() {
      return new PolicyDescriptor<>(
          name, name + "s", TimeoutSpec.class, Family.SETTING, direction, "Only for a test.");
    }

    @Override
    public void check(TimeoutSpec spec, SpecChecker checker) {}

    @Override
    public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
      planned.incrementAndGet();
      return List.of(
          Contribution.At.of(
              applied.getFirst().key(),
              new TestingOptions.OfCluster(Slot.CONNECT_TIMEOUT, counting)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1000})
  void aCallerCostsWhatItHasOfItsOwn(int callers) {
    World world = world(SERVICES);
    for (int i = 0; i < callers; i++) {
      world = with(world, forOne(i));
    }
    List<Translation> first = all(world, callers);
    assertThat(planned.getAndSet(0)).isEqualTo(SERVICES + callers);
    assertThat(rendered.getAndSet(0)).isEqualTo(SERVICES + callers);

    // One service that no policy of theirs is about.
    World after = TestingMesh.with(world, service("s1", "ALSO_CALLED"));
    List<Translation> second = all(after, callers);
    assertThat(planned.getAndSet(0)).isEqualTo(1);
    assertThat(rendered.getAndSet(0)).isEqualTo(1);

    // One caller's policy.
    List<Translation> third = all(with(after, forOne(0).replace("9s", "8s")), callers);
    assertThat(planned.getAndSet(0)).isEqualTo(1);
    assertThat(rendered.getAndSet(0)).isEqualTo(1);
    assertThat(third.subList(1, callers).stream().toList())
        .usingElementComparator((one, other) -> one == other ? 0 : 1)
        .isEqualTo(second.subList(1, callers));
    assertThat(distinct(first)).isEqualTo(callers);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1000})
  void aChangeCostsItsServiceHoweverManyThereAre(int services) {
    World world = with(with(world(services), forOne(0)), forOne(1));
    List<Translation> before = all(world, 2);
    planned.set(0);
    rendered.set(0);

    List<Translation> after =
        all(TestingMesh.with(world, service("s" + (services - 1), "ALSO_CALLED")), 2);

    // Of the first service each of the two callers has a plan of its own beside everybody's.
    int plans = services == 1 ? 3 : 1;
    assertThat(planned.get()).isEqualTo(plans);
    assertThat(rendered.get()).isEqualTo(plans);
    assertThat(before).isNotEqualTo(after);
  }

  @Test
  void aNeighbourThatIsOthersForACallerMakesThePlansThatLeadToIt() {
    String to0 =
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: TrafficRoute
        metadata: {name: elsewhere, namespace: trading}
        spec: {targetRefs: [{kind: Service, name: s7}], rules: [{destinations: [{service: s0}]}]}
        """;
    World world = with(with(world(SERVICES), to0), forOne(0));

    List<Translation> both = all(world, 2);

    assertThat(both.get(0).resources().of(ResourceKind.VIRTUAL_HOST).keySet())
        .anyMatch(name -> name.startsWith("egress/s7.trading:80~"));
    assertThat(both.get(1).resources().of(ResourceKind.VIRTUAL_HOST).keySet())
        .noneMatch(name -> name.contains("~"));
  }

  @Test
  void policiesThatACalleeEnforcesMakeNoCallersDiffer() {
    Translator inbound = translator(Direction.INBOUND);
    World world = world(SERVICES);
    for (int i = 0; i < 65; i++) {
      world = with(inbound, world, forOne(i).replace("kind: Counting", "kind: Other"));
    }
    Evaluation evaluation = inbound.evaluate(world);
    Set<Object> plans = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < 65; i++) {
      plans.add(inbound.view(evaluation, caller(i, Callers.DELTA)).outbound());
    }
    assertThat(plans).hasSize(1);
  }

  @Test
  void aThousandClientsWithoutVirtualHostsShareOneRouteConfiguration() {
    Evaluation evaluation = translator.evaluate(world(SERVICES));
    Set<Resource> wholes = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Translation> held = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Translation translation =
          translator.translate(translator.view(evaluation, caller(i, Callers.STATE_OF_THE_WORLD)));
      wholes.addAll(translation.resources().of(ResourceKind.ROUTE).values());
      held.add(translation);
    }
    assertThat(wholes).hasSize(1);
    assertThat(held).hasSize(1000);
  }

  @Test
  void equalViewsHaveOneTranslation() {
    Evaluation evaluation = translator.evaluate(world(SERVICES));
    for (Dialect dialect : List.of(Callers.DELTA, Callers.STATE_OF_THE_WORLD, Callers.GRPC)) {
      Translation one = translator.translate(translator.view(evaluation, caller(0, dialect)));
      Translation other = translator.translate(translator.view(evaluation, caller(0, dialect)));
      assertThat(other).isSameAs(one);
    }
    Translation grpc = translator.translate(translator.view(evaluation, caller(1, Callers.GRPC)));
    assertThat(translator.translate(translator.view(evaluation, caller(2, Callers.GRPC))))
        .isSameAs(grpc);
  }

  private List<Translation> all(World world, int callers) {
    Evaluation evaluation = translator.evaluate(world);
    List<Translation> all = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      all.add(translator.translate(translator.view(evaluation, caller(i, Callers.DELTA))));
    }
    return all;
  }

  private static int distinct(List<Translation> translations) {
    Set<Object> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    distinct.addAll(translations);
    return distinct.size();
  }

  private Translator translator(Direction other) {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(new CountingKind("Counting", Direction.OUTBOUND));
    kinds.add(new CountingKind("Other", other));
    return new Translator("skiff-system", kinds, ScopeMode.ALL);
  }

  private static ProxyIdentity caller(int number, Dialect dialect) {
    return Callers.caller("trading", "caller-" + number, Map.of(), dialect);
  }

  /** A policy of the first service for one caller only. */
  private static String forOne(int caller) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Counting
    metadata: {name: for-%d, namespace: trading}
    spec: {targetRefs: [{kind: Service, name: s0}], from: [{service: caller-%d}], idle: 9s}
    """
        .formatted(caller, caller);
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

  /** With one policy of all callers for all services. */
  private World world(int services) {
    World world = World.EMPTY;
    for (int i = 0; i < services; i++) {
      world = TestingMesh.with(world, service("s" + i, "S" + i + "_ALIAS"));
    }
    return with(
        world,
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Counting
        metadata: {name: for-all, namespace: trading}
        spec: {targetRefs: [{kind: Namespace}], idle: 1s}
        """);
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
