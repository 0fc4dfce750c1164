package dev.skiffmesh.translator.policy.grant;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.grant.PolicyGrantSpec;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.List;

/** Lets policies of other namespaces in. */
public final class PolicyGrantKind implements PolicyKind<PolicyGrantSpec> {

  /** The kind's name. */
  public static final String KIND = "PolicyGrant";

  private static final PolicyDescriptor<PolicyGrantSpec> DESCRIPTOR =
      new PolicyDescriptor<>(
          KIND,
          "policygrants",
          PolicyGrantSpec.class,
          Family.PERMISSION,
          Direction.OUTBOUND,
          "Lets policies of other namespaces target this namespace.");

  @Override
  public PolicyDescriptor<PolicyGrantSpec> descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void check(PolicyGrantSpec spec, SpecChecker checker) {
    for (int i = 0; i < spec.from().size(); i++) {
      String namespace = spec.from().get(i).namespace();
      if (!ServiceId.isLabel(namespace)) {
        checker.refuse(
            "spec.from[" + i + "].namespace", "must be a DNS label, found '" + namespace + "'");
      }
    }
  }

  /** Nothing: the planner asks grants directly. */
  @Override
  public List<Contribution> contribute(List<Applied<PolicyGrantSpec>> applied, TargetPort target) {
    return List.of();
  }
}
