package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.PolicyEffect.Outcome;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import dev.skiffmesh.translator.testing.TestingMesh;
import dev.skiffmesh.translator.testing.TestingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Two kinds that write one slot: the first keeps it, the second is told. */
class SlotConflictTest {

  private static final class ImpatienceKind implements PolicyKind<TimeoutSpec> {

    @Override
    public PolicyDescriptor<TimeoutSpec> descriptor() {
      return new PolicyDescriptor<>(
          "Impatience",
          "impatiences",
          TimeoutSpec.class,
          PolicyDescriptor.Family.SETTING,
          PolicyDescriptor.Direction.OUTBOUND,
          "Only for this test.");
    }

    @Override
    public void check(TimeoutSpec spec, SpecChecker checker) {}

    @Override
    public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
      return List.of(
          Contribution.At.of(
              applied.getFirst().key(),
              new TestingOptions.OfCalls(Slot.REQUEST_TIMEOUT, action -> {})));
    }
  }

  @Test
  void theFirstKindKeepsTheSlotAndTheSecondIsOverridden() {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(new ImpatienceKind());
    TestingMesh mesh =
        TestingMesh.read(
            new Translator("skiff-system", kinds, ScopeMode.ALL),
            "mesh.yaml",
            """
            apiVersion: skiffmesh.dev/v1alpha1
            kind: Service
            metadata: {name: order, namespace: trading}
            spec: {ports: [{name: http, port: 80, protocol: http}]}
            ---
            apiVersion: skiffmesh.dev/v1alpha1
            kind: Impatience
            metadata: {name: hurry, namespace: trading}
            spec: {targetRefs: [{kind: Service, name: order}], request: 1s}
            ---
            apiVersion: skiffmesh.dev/v1alpha1
            kind: TimeoutPolicy
            metadata: {name: patience, namespace: trading}
            spec: {targetRefs: [{kind: Service, name: order}], request: 3s}
            """);
    DocumentKey hurry = new DocumentKey("Impatience", "trading", "hurry");
    DocumentKey patience = new DocumentKey("TimeoutPolicy", "trading", "patience");

    Translation translation = mesh.translation();

    assertThat(translation.effects())
        .containsEntry(patience, PolicyEffect.SHAPED)
        .containsEntry(hurry, new PolicyEffect(Outcome.OVERRIDDEN, patience.toString()));
    assertThat(translation.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.CONFLICTED))
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo(hurry.toString()));
    assertThat(
            mesh.translator()
                .view(mesh.translator().evaluate(mesh.world()), mesh.proxies().getFirst())
                .outbound()
                .services()
                .firstEntry()
                .getValue()
                .ports())
        .allMatch(
            port ->
                Objects.requireNonNull(port.options().get(Slot.REQUEST_TIMEOUT))
                    .by()
                    .contains(patience));
  }
}
