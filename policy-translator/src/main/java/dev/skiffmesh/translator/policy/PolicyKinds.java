package dev.skiffmesh.translator.policy;

import dev.skiffmesh.translator.policy.grant.PolicyGrantKind;
import dev.skiffmesh.translator.policy.scope.ScopePolicyKind;
import dev.skiffmesh.translator.policy.timeout.TimeoutPolicyKind;
import dev.skiffmesh.translator.policy.trafficroute.TrafficRouteKind;
import java.util.List;

/** The kinds that exist, in the order in which they are applied. */
public final class PolicyKinds {

  /** All of them: a new kind is one line here. */
  public static final List<PolicyKind<?>> ALL =
      List.of(
          new PolicyGrantKind(),
          new ScopePolicyKind(),
          new TrafficRouteKind(),
          new TimeoutPolicyKind());

  private PolicyKinds() {}
}
