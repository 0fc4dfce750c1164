package dev.skiffmesh.e2e.scenarios;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.ArrayList;
import java.util.List;

/**
 * A test-only kind that harms: it raises a runtime key in the target's callers to as many percent
 * as its idle time has seconds.
 */
final class OutageKind implements PolicyKind<TimeoutSpec> {

  private static final int PARTS_PER_PERCENT = 10_000;

  /** All kinds and this one. */
  static List<PolicyKind<?>> amongAll() {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(new OutageKind());
    return kinds;
  }

  /** The key of a policy of that name in namespace {@code trading}. */
  static String key(String name) {
    return RuntimeKey.name(new DocumentKey("Outage", "trading", name), "abort");
  }

  /** A policy that targets {@code order} in namespace {@code trading}. */
  static String document(String name, int percent) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Outage
    metadata: {name: %s, namespace: trading}
    spec: {targetRefs: [{kind: Service, name: order}], idle: %ds}
    """
        .formatted(name, percent);
  }

  @Override
  public PolicyDescriptor<TimeoutSpec> descriptor() {
    return new PolicyDescriptor<>(
        "Outage",
        "outages",
        TimeoutSpec.class,
        PolicyDescriptor.Family.ADDITIVE,
        PolicyDescriptor.Direction.OUTBOUND,
        "Only for tests.");
  }

  @Override
  public void check(TimeoutSpec spec, SpecChecker checker) {}

  @Override
  public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
    List<Contribution> all = new ArrayList<>();
    for (Applied<TimeoutSpec> one : applied) {
      int percent = Math.toIntExact(one.spec().idle().toSeconds());
      all.add(new Contribution.RuntimeKey(one.key(), "abort", percent * PARTS_PER_PERCENT));
    }
    return all;
  }
}
