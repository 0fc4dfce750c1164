package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.PolicyEffect.Outcome;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.Lacking;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.place.fact.RequestTime;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.MergedPort;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.policy.PortCheck;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import dev.skiffmesh.translator.testing.TestingMesh;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A rule between two kinds holds after each has merged its own policies. */
class PortCheckTest {

  private static final DocumentKey PATIENCE = new DocumentKey("TimeoutPolicy", "trading", "mesh");
  private static final DocumentKey TRIES = new DocumentKey("Tries", "trading", "tries");

  /** How long one of several attempts may take. */
  private record PerTry(Duration perTry) implements ForwardOption {
    @Override
    public Traits traits() {
      return new Traits(Slot.MIRROR, "perTry", Lacking.NOTHING);
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {}
  }

  /** Knows of another kind that it bounds a request, and nothing more. */
  private static class TriesKind implements PolicyKind<TimeoutSpec> {
    @Override
    public PolicyDescriptor<TimeoutSpec> descriptor() {
      return new PolicyDescriptor<>(
          "Tries",
          "tries",
          TimeoutSpec.class,
          Family.SETTING,
          Direction.OUTBOUND,
          "Only for a test.");
    }

    @Override
    public void check(TimeoutSpec spec, SpecChecker checker) {}

    @Override
    public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
      return List.of(
          Contribution.At.of(
              applied.getFirst().key(),
              new PerTry(Objects.requireNonNull(applied.getFirst().spec().idle()))));
    }

    @Override
    public List<PortCheck> portChecks() {
      return List.of(TriesKind::noLongerThanTheRequest);
    }

    private static List<Contribution.Remark> noLongerThanTheRequest(MergedPort port) {
      List<Contribution.Remark> remarks = new ArrayList<>();
      for (MergedPort.Fact<RequestTime> request : port.facts(RequestTime.class)) {
        for (MergedPort.Fact<PerTry> tries : port.facts(PerTry.class)) {
          if (tries.says().perTry().compareTo(request.says().within()) > 0) {
            tries
                .placed()
                .by()
                .forEach(
                    by ->
                        remarks.add(
                            new Contribution.Lacking(
                                by, "`perTry` is longer than " + request.placed().by())));
          }
        }
      }
      return remarks;
    }
  }

  @Test
  void whatIsLostIsSaidOfTheMergedValue() {
    Translation translation = mesh(new TriesKind(), "5s").translation();

    assertThat(translation.effects())
        .containsEntry(
            TRIES,
            new PolicyEffect(
                Outcome.PARTLY, "`perTry` is longer than [TimeoutPolicy trading/mesh]"))
        .containsEntry(PATIENCE, PolicyEffect.SHAPED);
  }

  @Test
  void nothingIsSaidWhereTheyFit() {
    assertThat(mesh(new TriesKind(), "1s").translation().effects())
        .containsEntry(TRIES, PolicyEffect.SHAPED);
  }

  @Test
  void aRuleThatFailsIsItsKindsFaultAndChangesNothing() {
    TriesKind broken =
        new TriesKind() {
          @Override
          public List<PortCheck> portChecks() {
            return List.of(
                port -> {
                  throw new IllegalStateException("boom");
                });
          }
        };

    Translation translation = mesh(broken, "1s").translation();

    assertThat(translation.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.TRANSLATION_FAILED))
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo(TRIES.toString()));
    assertThat(translation.resources())
        .isEqualTo(mesh(new TriesKind(), "1s").translation().resources());
  }

  private static TestingMesh mesh(PolicyKind<?> tries, String perTry) {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(tries);
    return TestingMesh.read(
        new Translator("trading", kinds, ScopeMode.ALL),
        "mesh.yaml",
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: order, namespace: trading}
        spec: {ports: [{name: http, port: 80, protocol: http}]}
        ---
        apiVersion: skiffmesh.dev/v1alpha1
        kind: TimeoutPolicy
        metadata: {name: mesh, namespace: trading}
        spec: {targetRefs: [{kind: Mesh}], request: 3s}
        ---
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Tries
        metadata: {name: tries, namespace: trading}
        spec: {targetRefs: [{kind: Service, name: order}], idle: %s}
        """
            .formatted(perTry));
  }
}
