package dev.skiffmesh.translator.policy.scope;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeSpec;
import dev.skiffmesh.api.policy.scope.ScopeSpec.UsedService;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.FieldMerge;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.ServiceRef;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.ArrayList;
import java.util.List;

/** Which services a workload is sent. */
public final class ScopePolicyKind implements PolicyKind<ScopeSpec> {

  private static final PolicyDescriptor<ScopeSpec> DESCRIPTOR =
      new PolicyDescriptor<>(
          "ScopePolicy",
          "scopepolicies",
          ScopeSpec.class,
          Family.SETTING,
          Direction.WORKLOAD,
          "Which services a workload is sent.");

  @Override
  public PolicyDescriptor<ScopeSpec> descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void check(ScopeSpec spec, SpecChecker checker) {
    for (int i = 0; i < spec.targetRefs().size(); i++) {
      if (spec.targetRefs().get(i).port() != null) {
        checker.refuse(
            "spec.targetRefs[" + i + "].port",
            "must be absent: a workload is sent the same for all of its ports");
      }
    }
    for (int i = 0; i < spec.uses().size(); i++) {
      UsedService used = spec.uses().get(i);
      String namespace = used.namespace();
      if (namespace != null && !ServiceId.isLabel(namespace)) {
        checker.refuse(
            "spec.uses[" + i + "].namespace", "must be a DNS label, found '" + namespace + "'");
      }
    }
  }

  /** Nothing: it is about the workload, not about those who call it. */
  @Override
  public List<Contribution> contribute(List<Applied<ScopeSpec>> applied, TargetPort target) {
    return List.of();
  }

  /** The most specific mode, and everything that any of them declares. */
  @Override
  public List<Contribution> contributeToWorkload(List<Applied<ScopeSpec>> applied) {
    List<Contribution> contributions = new ArrayList<>();
    FieldMerge<ScopeSpec> merge = new FieldMerge<>(applied);
    merge
        .field(ScopeSpec::mode)
        .ifPresent(mode -> contributions.add(new Contribution.Scope(mode.by(), mode.value())));
    for (Applied<ScopeSpec> each : applied) {
      for (UsedService used : each.spec().uses()) {
        String namespace = used.namespace();
        contributions.add(
            new Contribution.Uses(
                each.key(),
                new ServiceRef(
                    namespace == null ? each.key().namespace() : namespace,
                    used.service() == null ? "" : used.service())));
      }
    }
    for (Contribution loser : merge.losers()) {
      // A policy whose mode loses still declares what it uses.
      if (contributions.stream().noneMatch(other -> other.by().equals(loser.by()))) {
        contributions.add(loser);
      }
    }
    return contributions;
  }
}
