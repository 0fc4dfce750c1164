package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.testing.TestingMesh;
import dev.skiffmesh.translator.testing.TestingSizedKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Numbers that follow from how many instances there are. */
class SizedTest {

  private static final DocumentKey KEEP = new DocumentKey("Keep", "trading", "keep");
  private static final ServiceId S0 = new ServiceId("trading", "s0");
  private static final ServiceId S1 = new ServiceId("trading", "s1");
  private static final ProxyIdentity CALLER =
      Callers.caller("trading", "caller", Map.of(), Callers.DELTA);
  private static final ProxyIdentity ANOTHER =
      Callers.caller("trading", "another", Map.of(), Callers.DELTA);

  private final TestingSizedKind kind = new TestingSizedKind(true);
  private final Translator translator = translator(kind);

  @Test
  void theNumberFollowsFromTheInstancesThatTakeCalls() {
    World world = with(with(world(10, 4), keep("")), split());

    assertThat(percent(world, CALLER))
        .containsEntry("s0.trading|http", 70)
        .containsEntry("s0.trading|http|v=a", 40)
        .containsEntry("s0.trading|http|v=b", 40);
    assertThat(percent(with(world, S0, endpoints(10, Health.UNHEALTHY)), CALLER))
        .containsEntry("s0.trading|http", 0);
    assertThat(percent(with(world, S0, EndpointSet.EMPTY), CALLER))
        .containsEntry("s0.trading|http", 0);
  }

  @Test
  void smallerAtOnceGreaterLater() {
    Evaluation evaluation = translator.evaluate(with(world(10, 4), keep("")));
    translator.view(evaluation, CALLER);

    assertThat(translator.sizing(evaluation, S0, endpoints(10))).isEqualTo(Sizing.SAME);
    assertThat(translator.sizing(evaluation, S0, endpoints(11))).isEqualTo(Sizing.SAME);
    assertThat(translator.sizing(evaluation, S0, endpoints(9))).isEqualTo(Sizing.LOWER);
    assertThat(translator.sizing(evaluation, S0, endpoints(15))).isEqualTo(Sizing.HIGHER);
    assertThat(translator.sizing(evaluation, S1, endpoints(1))).isEqualTo(Sizing.SAME);
    assertThat(translator.sizing(evaluation, new ServiceId("trading", "gone"), endpoints(1)))
        .isEqualTo(Sizing.SAME);
  }

  @Test
  void aCallersOwnNumbersAreKnownOnceItHasBeenPlannedFor() {
    World world = with(world(10, 4), keep("from: [{service: another}], "));
    Evaluation evaluation = translator.evaluate(world);

    assertThat(translator.sizing(evaluation, S0, endpoints(1))).isEqualTo(Sizing.SAME);
    assertThat(percent(world, ANOTHER).values()).contains(70);
    assertThat(percent(world, CALLER).values()).doesNotContain(70);

    Evaluation again = translator.evaluate(world);
    translator.view(again, ANOTHER);
    assertThat(translator.sizing(again, S0, endpoints(1))).isEqualTo(Sizing.LOWER);
  }

  @Test
  void otherEndpointsPlanWhatIsSizedAndChangeNothingWhereTheNumberStays() {
    World world = with(world(10, 4), keep(""));
    Map<String, Resource> before = clusters(world, CALLER);
    kind.planned.set(0);

    assertThat(clusters(with(world, S1, endpoints(17)), CALLER)).isEqualTo(before);
    assertThat(kind.planned).hasValue(0);
    assertThat(clusters(with(world, S0, endpoints(11)), CALLER)).isEqualTo(before);
    assertThat(kind.planned).hasValue(1);
    assertThat(clusters(with(world, S0, endpoints(20)), CALLER)).isNotEqualTo(before);
  }

  @Test
  void aKindThatDoesNotSayThatItIsSizedIsAtFault() {
    Translator silent = translator(new TestingSizedKind(false));
    World world = with(world(10, 4), keep(""));

    Translation translation = silent.translate(silent.view(silent.evaluate(world), CALLER));

    assertThat(translation.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.TRANSLATION_FAILED))
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo(KEEP.toString()))
        .satisfies(finding -> assertThat(finding.message()).contains("does not say"));
    assertThat(translation.resources().of(ResourceKind.CLUSTER)).containsKey("s0.trading|http");
  }

  private Map<String, Integer> percent(World world, ProxyIdentity caller) {
    Map<String, Integer> percent = new TreeMap<>();
    clusters(world, caller)
        .forEach((name, resource) -> percent.put(name, TestingSizedKind.percent(resource)));
    return percent;
  }

  private Map<String, Resource> clusters(World world, ProxyIdentity caller) {
    return translator
        .translate(translator.view(translator.evaluate(world), caller))
        .resources()
        .of(ResourceKind.CLUSTER);
  }

  private static Translator translator(TestingSizedKind kind) {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(kind);
    return new Translator("skiff-system", kinds, ScopeMode.ALL);
  }

  private static String keep(String from) {
    return TestingSizedKind.policy("s0", from);
  }

  private static String split() {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TrafficRoute
    metadata: {name: split, namespace: trading}
    spec:
      targetRefs: [{kind: Service, name: s0}]
      rules:
        - matches: [{path: {prefix: /split}}]
          destinations: [{labels: {v: a}}, {labels: {v: b}}]
    """;
  }

  private World with(World world, String text) {
    return switch (translator.decode(TestingMesh.document(text), 1)) {
      case Decoded.Ok<Policy<?>>(Policy<?> policy) -> TestingMesh.with(world, policy);
      case Decoded.Rejected<Policy<?>>(var violations) -> throw new AssertionError(violations);
    };
  }

  private static World with(World world, ServiceId service, EndpointSet endpoints) {
    return new World(
        world.services(), world.endpoints().plus(service, endpoints), world.policies());
  }

  private static World world(int ofFirst, int ofSecond) {
    World world = World.EMPTY;
    for (ServiceId id : List.of(S0, S1)) {
      world =
          TestingMesh.with(
              world,
              new Service(
                  id,
                  Immutable.sortedSet(List.of()),
                  List.of(new ServicePort("http", 80, Protocol.HTTP)),
                  Immutable.sortedSet(List.of()),
                  List.of("test")));
    }
    return with(with(world, S0, endpoints(ofFirst)), S1, endpoints(ofSecond));
  }

  private static EndpointSet endpoints(int count) {
    return endpoints(count, Health.HEALTHY);
  }

  private static EndpointSet endpoints(int count, Health health) {
    List<Endpoint> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(
          new Endpoint(
              new EndpointKey("test", "", "i" + i),
              "10.0.0." + i,
              new TreeMap<>(Map.of("http", 80)),
              BigDecimal.ONE,
              health,
              true,
              Locality.UNKNOWN,
              new TreeMap<>(Map.of("v", i % 2 == 0 ? "a" : "b"))));
    }
    return new EndpointSet(all);
  }
}
