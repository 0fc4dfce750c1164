package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.plan.ScopePlan;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.ServiceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plans what one workload's proxies are sent. Confined to one call. */
final class ScopePlanner {

  private final EffectiveMesh mesh;
  private final ServiceId workload;
  private final EffectLedger effects = new EffectLedger();
  private final SortedSet<ServiceId> declared = new TreeSet<>();
  private final List<RuntimeKey> runtimeKeys = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private @Nullable ScopeMode mode;

  ScopePlanner(EffectiveMesh mesh, ServiceId workload) {
    this.mesh = mesh;
    this.workload = workload;
  }

  ScopePlan plan(List<PolicyKind<?>> kinds) {
    List<Targeting> targetings = mesh.workloadTargetings(workload);
    targetings.forEach(targeting -> effects.reaches(targeting.policy().key()));
    for (PolicyKind<?> kind : kinds) {
      KindsAsked.aboutWorkload(kind, targetings, workload.toString()).forEach(this::take);
    }
    return new ScopePlan(mode, declared, runtimeKeys, effects.effects(), findings);
  }

  private void take(Contribution contribution) {
    effects.record(contribution);
    switch (contribution) {
      case Contribution.Scope scope -> mode = scope.mode();
      case Contribution.Uses uses -> declare(uses);
      case Contribution.RuntimeKey raised -> runtimeKeys.add(raised.key());
      case Contribution.Reports(_, Finding finding) -> findings.add(finding);
      case Contribution.Routes _,
          Contribution.At _,
          Contribution.Filters _,
          Contribution.ExtraCluster _,
          Contribution.Lacking _,
          Contribution.Loses _ -> {}
    }
  }

  private void declare(Contribution.Uses uses) {
    ServiceRef reference = uses.service();
    String given = reference.namespace();
    String namespace = given == null ? workload.namespace() : given;
    if (reference.name().isEmpty()) {
      List<ServiceId> all = mesh.servicesOf(namespace);
      declared.addAll(all);
      if (all.isEmpty()) {
        lacks(uses, "there is no service in namespace '" + namespace + "'");
      }
      return;
    }
    Optional<Service> found = mesh.find(namespace, reference.name());
    found.ifPresent(service -> declared.add(service.id()));
    if (found.isEmpty()) {
      lacks(
          uses, "there is no service '" + reference.name() + "' in namespace '" + namespace + "'");
    }
  }

  private void lacks(Contribution.Uses uses, String what) {
    effects.record(new Contribution.Lacking(uses.by(), what + "; it is sent when it appears"));
  }
}
