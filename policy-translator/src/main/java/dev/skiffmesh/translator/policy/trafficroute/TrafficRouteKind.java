package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.trafficroute.Destination;
import dev.skiffmesh.api.policy.trafficroute.Mirror;
import dev.skiffmesh.api.policy.trafficroute.TrafficRouteSpec;
import dev.skiffmesh.api.policy.trafficroute.TrafficRule;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.ServiceRef;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Where calls go. */
public final class TrafficRouteKind implements PolicyKind<TrafficRouteSpec> {

  private static final PolicyDescriptor<TrafficRouteSpec> DESCRIPTOR =
      new PolicyDescriptor<>(
          "TrafficRoute",
          "trafficroutes",
          TrafficRouteSpec.class,
          Family.ROUTE,
          Direction.OUTBOUND,
          "Where calls to a service go, as their callers' proxies decide.");

  private static final Comparator<Applied<TrafficRouteSpec>> ORDER =
      Comparator.<Applied<TrafficRouteSpec>, Applied.Level>comparing(Applied::level)
          .thenComparingInt(applied -> applied.spec().order())
          .thenComparing(applied -> applied.key().namespace())
          .thenComparing(applied -> applied.key().name());

  @Override
  public PolicyDescriptor<TrafficRouteSpec> descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void check(TrafficRouteSpec spec, SpecChecker checker) {
    new TrafficRouteCheck(checker).check(spec);
  }

  @Override
  public List<ServiceRef> references(TrafficRouteSpec spec) {
    List<ServiceRef> references = new ArrayList<>();
    for (TrafficRule rule : spec.rules()) {
      for (Destination destination : rule.destinations()) {
        if (destination.service() != null) {
          references.add(new ServiceRef(destination.namespace(), destination.service()));
        }
      }
      Mirror mirror = rule.mirror();
      if (mirror != null && mirror.service() != null) {
        references.add(new ServiceRef(mirror.namespace(), mirror.service()));
      }
    }
    return references;
  }

  @Override
  public List<Contribution> contribute(List<Applied<TrafficRouteSpec>> applied, TargetPort target) {
    List<Contribution> contributions = new ArrayList<>();
    Optional<DocumentKey> takesAll = Optional.empty();
    for (Applied<TrafficRouteSpec> policy : applied.stream().sorted(ORDER).toList()) {
      if (takesAll.isPresent()) {
        contributions.add(new Contribution.Loses(policy.key(), takesAll.get()));
        continue;
      }
      List<RoutePlan> routes = routes(policy, target, contributions);
      if (!routes.isEmpty()) {
        contributions.add(new Contribution.Routes(policy.key(), routes));
      }
      if (routes.stream().anyMatch(RoutePlan::takesAll)) {
        takesAll = Optional.of(policy.key());
      }
    }
    return contributions;
  }

  private static List<RoutePlan> routes(
      Applied<TrafficRouteSpec> policy, TargetPort target, List<Contribution> contributions) {
    RuleCompiler compiler = new RuleCompiler(policy.key(), target, contributions);
    List<RoutePlan> routes = new ArrayList<>();
    List<TrafficRule> rules = policy.spec().rules();
    for (int i = 0; i < rules.size(); i++) {
      Optional<RoutePlan> route = compiler.compile(rules.get(i), i);
      route.ifPresent(routes::add);
      if (route.filter(RoutePlan::takesAll).isPresent()) {
        int unreachable = rules.size() - i - 1;
        if (unreachable > 0) {
          contributions.add(
              new Contribution.Lacking(
                  policy.key(),
                  (unreachable == 1
                          ? "its last rule is never reached: rule "
                          : "its last " + unreachable + " rules are never reached: rule ")
                      + RuleCompiler.name(rules.get(i), i)
                      + " takes every request"));
        }
        break;
      }
    }
    return routes;
  }
}
