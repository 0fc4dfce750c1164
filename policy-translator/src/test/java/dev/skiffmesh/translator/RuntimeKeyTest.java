package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.translator.PolicyEffect.Outcome;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.RuntimeLayer;
import dev.skiffmesh.translator.testing.TestingMesh;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What policies raise is gathered in one runtime layer of each proxy that it concerns. */
class RuntimeKeyTest {

  private static final DocumentKey OUTAGE = new DocumentKey("Outage", "trading", "dark");
  private static final DocumentKey OWN = new DocumentKey("OwnOutage", "trading", "own");
  private static final String OUTAGE_KEY = "skiff.run.Outage.trading.dark.abort";
  private static final String OWN_KEY = "skiff.run.OwnOutage.trading.own.abort";

  private static final String SERVICES =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: order, namespace: trading}
      spec:
        ports:
          - {name: http, port: 80, protocol: http}
          - {name: admin, port: 81, protocol: http}
      ---
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: stock, namespace: trading}
      spec: {ports: [{name: http, port: 80, protocol: http}]}
      ---
      """;

  private static final String DARK =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Outage
      metadata: {name: dark, namespace: trading}
      spec: {targetRefs: [{kind: Service, name: order}, {kind: Service, name: stock}], idle: 25s}
      ---
      """;

  private static final String ON_GATEWAY =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: OwnOutage
      metadata: {name: own, namespace: trading}
      spec: {targetRefs: [{kind: Service, name: gateway}], idle: 30s}
      ---
      """;

  /** A test-only kind: harms as many percent as its idle time has seconds. */
  private record OutageKind(String kind, Direction direction) implements PolicyKind<TimeoutSpec> {

    @Override
    public PolicyDescriptor<TimeoutSpec> descriptor() {
      return new PolicyDescriptor<>(
          kind,
          kind.toLowerCase(java.util.Locale.ROOT) + "s",
          TimeoutSpec.class,
          PolicyDescriptor.Family.ADDITIVE,
          direction,
          "Only for this test.");
    }

    @Override
    public void check(TimeoutSpec spec, SpecChecker checker) {}

    @Override
    public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
      return contributeToWorkload(applied);
    }

    @Override
    public List<Contribution> contributeToWorkload(List<Applied<TimeoutSpec>> applied) {
      List<Contribution> all = new ArrayList<>();
      for (Applied<TimeoutSpec> one : applied) {
        int percent = Math.toIntExact(Objects.requireNonNull(one.spec().idle()).toSeconds());
        all.add(new Contribution.RuntimeKey(one.key(), "abort", percent * 10_000));
      }
      return all;
    }
  }

  @Test
  void withoutAKeyTheLayerIsEmpty() {
    Translation translation = mesh(SERVICES).translation();
    assertThat(translation.runtime()).isEqualTo(RuntimeLayer.EMPTY);
    assertThat(layer(translation)).isEqualTo(Struct.getDefaultInstance());
    assertThat(resource(translation)).isEqualTo(RuntimeLayer.NOTHING);
  }

  @Test
  void keysOfServicesAndOfTheWorkloadItselfAreInOneLayerAsFractionsOfAMillion() {
    Translation translation = mesh(SERVICES + DARK + ON_GATEWAY).translation();
    assertThat(translation.runtime().keys())
        .containsExactly(
            Map.entry(OUTAGE_KEY, new RuntimeKey(OUTAGE_KEY, 250_000, OUTAGE)),
            Map.entry(OWN_KEY, new RuntimeKey(OWN_KEY, 300_000, OWN)));
    Struct fraction = layer(translation).getFieldsOrThrow(OUTAGE_KEY).getStructValue();
    assertThat(fraction.getFieldsOrThrow("numerator").getNumberValue()).isEqualTo(250_000);
    assertThat(fraction.getFieldsOrThrow("denominator").getStringValue()).isEqualTo("MILLION");
    assertThat(resource(translation).provenance().policies()).containsExactly(OUTAGE, OWN);
    assertThat(translation.effects())
        .containsEntry(OUTAGE, PolicyEffect.SHAPED)
        .containsEntry(OWN, PolicyEffect.SHAPED);
  }

  @Test
  void aKeyMovesNothingButTheLayer() {
    Translation without = mesh(SERVICES).translation();
    Translation with = mesh(SERVICES + DARK).translation();
    for (ResourceKind kind : ResourceKind.ALL) {
      if (!kind.equals(ResourceKind.RUNTIME)) {
        assertThat(with.resources().of(kind)).isEqualTo(without.resources().of(kind));
      }
    }
  }

  @Test
  void aProxyThatIsNotSentTheServiceHasNoKeyOfIt() {
    TestingMesh mesh = mesh(ScopeMode.DECLARED, SERVICES + DARK);
    assertThat(mesh.translation().runtime()).isEqualTo(RuntimeLayer.EMPTY);
  }

  @Test
  void keysOfSomePoliciesCanBeWithheldAndTheRestStays() {
    Translation translation = mesh(SERVICES + DARK + ON_GATEWAY).translation();
    Translation less = translation.withoutKeysOf(Set.of(OUTAGE));
    assertThat(less.runtime().keys()).containsOnlyKeys(OWN_KEY);
    assertThat(resource(less).provenance().policies()).containsExactly(OWN);
    assertThat(less.resources().of(ResourceKind.CLUSTER))
        .isEqualTo(translation.resources().of(ResourceKind.CLUSTER));
    assertThat(effect(less).outcome()).isEqualTo(Outcome.PARTLY);
    assertThat(less.effects()).containsEntry(OWN, PolicyEffect.SHAPED);
    assertThat(resource(translation.withoutKeysOf(Set.of(OUTAGE, OWN))))
        .isEqualTo(RuntimeLayer.NOTHING);
    assertThat(translation.withoutKeysOf(Set.of())).isSameAs(translation);
  }

  @Test
  void aClientWithoutRuntimeLayersIsReported() {
    TestingMesh mesh =
        mesh(
            SERVICES
                + DARK
                + """
                apiVersion: skiffmesh.dev/v1alpha1
                kind: Proxy
                metadata: {name: java, namespace: trading}
                spec: {dialect: Grpc}
                """);
    assertThat(effect(mesh.translation()).message()).contains("runtime keys are not available");
  }

  @Test
  void aPolicyThatSaysTwoSharesHarmsNoMoreThanTheSmaller() {
    assertThat(
            RuntimeLayer.of(
                    List.of(
                        new RuntimeKey(OWN_KEY, 3, OWN),
                        new RuntimeKey(OWN_KEY, 2, OWN),
                        new RuntimeKey(OUTAGE_KEY, 0, OUTAGE)))
                .keys()
                .values())
        .containsExactly(new RuntimeKey(OWN_KEY, 2, OWN));
  }

  @Test
  void aKeyBelongsToOnePolicyAndIsAShare() {
    assertThatThrownBy(() -> RuntimeKey.name(OWN, "a.b")).hasMessageContaining("'a.b'");
    assertThatThrownBy(() -> new RuntimeKey(OWN_KEY, 1_000_001, OWN))
        .hasMessageContaining("1000001");
  }

  private static TestingMesh mesh(String text) {
    return mesh(ScopeMode.ALL, text);
  }

  private static TestingMesh mesh(ScopeMode scope, String text) {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(new OutageKind("Outage", Direction.OUTBOUND));
    kinds.add(new OutageKind("OwnOutage", Direction.WORKLOAD));
    return TestingMesh.read(new Translator("skiff-system", kinds, scope), "mesh.yaml", text);
  }

  private static Resource resource(Translation translation) {
    return Objects.requireNonNull(
        translation.resources().of(ResourceKind.RUNTIME).get(RuntimeLayer.NAME));
  }

  private static PolicyEffect effect(Translation translation) {
    return Objects.requireNonNull(translation.effects().get(OUTAGE));
  }

  private static Struct layer(Translation translation) {
    try {
      return Any.parseFrom(resource(translation).any()).unpack(Runtime.class).getLayer();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
