package dev.skiffmesh.e2e.scenarios;

import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A test-only kind that does nothing but fail: on the service {@code unlucky}, and wherever
 * somebody asks what it is while {@link #evaluationsFail} is set, which no evaluation survives.
 */
final class ThrowingKind implements PolicyKind<TimeoutSpec> {

  /** A policy for each service of namespace {@code trading}. */
  static final String DOCUMENT =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Throwing
      metadata: {name: throwing, namespace: trading}
      spec: {targetRefs: [{kind: Namespace, name: trading}], idle: 1s}
      """;

  /** While it is set, nothing that asks every kind what it is comes to an end. */
  final AtomicBoolean evaluationsFail = new AtomicBoolean();

  /** All kinds and this one. */
  List<PolicyKind<?>> amongAll() {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(this);
    return kinds;
  }

  @Override
  public PolicyDescriptor<TimeoutSpec> descriptor() {
    if (evaluationsFail.get()) {
      throw new IllegalStateException("thrown by the test");
    }
    return new PolicyDescriptor<>(
        "Throwing",
        "throwings",
        TimeoutSpec.class,
        PolicyDescriptor.Family.ADDITIVE,
        PolicyDescriptor.Direction.OUTBOUND,
        "Only for a test.");
  }

  @Override
  public void check(TimeoutSpec spec, SpecChecker checker) {}

  @Override
  public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
    if (target.service().id().name().equals("unlucky")) {
      throw new IllegalStateException("thrown by the test");
    }
    return List.of();
  }
}
