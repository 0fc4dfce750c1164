package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.place.InboundFilter;
import dev.skiffmesh.translator.place.RuleKey;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.place.Stage;
import dev.skiffmesh.translator.plan.InboundPlan;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Plans what a service's own proxies do with calls that come in, from the service and the inbound
 * policies that reach it and nothing else. Confined to one call.
 */
final class InboundPlanner {

  private final ServiceInput.Reached input;
  private final List<PolicyKind<?>> kinds;
  private final Set<RuntimeKey> runtimeKeys = new LinkedHashSet<>();
  private final Set<Finding> findings = new LinkedHashSet<>();
  private final EffectLedger effects = new EffectLedger();

  InboundPlanner(ServiceInput.Reached input, List<PolicyKind<?>> kinds) {
    this.input = input;
    this.kinds = kinds;
  }

  InboundPlan plan() {
    Service service = input.service();
    List<ServicePort> called =
        service.ports().stream().filter(port -> port.protocol().isHttpFamily()).toList();
    List<InboundPlan.Port> ports = new ArrayList<>();
    for (ServicePort port : called) {
      SortedMap<Stage, List<InboundPlan.Rule>> stages = stages(port);
      if (!stages.isEmpty()) {
        ports.add(new InboundPlan.Port(service.id(), port, stages));
      }
    }
    for (Targeting targeting : input.targetings()) {
      effects.reaches(targeting.policy().key());
      if (targeting.isDirect() && called.stream().noneMatch(p -> targeting.reaches(p.number()))) {
        effects.nothing(
            targeting.policy().key(),
            service.id() + " has no HTTP, HTTP/2 or gRPC port that it speaks of");
      }
    }
    return new InboundPlan(
        ports, List.copyOf(runtimeKeys), effects.effects(), List.copyOf(findings));
  }

  private SortedMap<Stage, List<InboundPlan.Rule>> stages(ServicePort port) {
    TargetPort target = new TargetPort(input.service(), port, input);
    SortedMap<Stage, List<InboundPlan.Rule>> stages = new TreeMap<>();
    for (Contribution contribution : KindsAsked.aboutInbound(kinds, target, input.targetings())) {
      effects.record(contribution);
      switch (contribution) {
        case Contribution.Filters filters ->
            filters
                .filters()
                .forEach(
                    filter ->
                        stages
                            .computeIfAbsent(filter.stage(), stage -> new ArrayList<>())
                            .add(rule(filters, filter)));
        case Contribution.RuntimeKey raised -> runtimeKeys.add(raised.key());
        case Contribution.Reports(_, Finding finding) -> findings.add(finding);
        case Contribution.Routes _,
            Contribution.At _,
            Contribution.ExtraCluster _,
            Contribution.Scope _,
            Contribution.Uses _,
            Contribution.Lacking _,
            Contribution.Loses _ -> {}
      }
    }
    stages.values().forEach(rules -> rules.sort(Comparator.comparing(InboundPlan.Rule::key)));
    return stages;
  }

  private InboundPlan.Rule rule(Contribution.Filters filters, InboundFilter filter) {
    List<CallerRef> from =
        input.targetings().stream()
            .map(Targeting::policy)
            .filter(policy -> policy.key().equals(filters.by()))
            .findFirst()
            .map(policy -> policy.spec().callers())
            .orElse(List.of());
    return new InboundPlan.Rule(new RuleKey(filters.by(), filter.rule()), filter, from);
  }
}
