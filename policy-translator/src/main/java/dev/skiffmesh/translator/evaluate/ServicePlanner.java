package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.Failures;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.place.Sized;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.plan.ClusterPlan;
import dev.skiffmesh.translator.plan.ExtraCluster;
import dev.skiffmesh.translator.plan.Hosts;
import dev.skiffmesh.translator.plan.PortOptions;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.RouteAction;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.MergedPort;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plans one service from its {@link ServiceInput} and nothing else. Confined to one call. */
final class ServicePlanner {

  private final ServiceInput input;
  private final List<PolicyKind<?>> kinds;
  private final Map<ClusterName, PortSlots> slotsByPort = new HashMap<>();
  private final SortedMap<ClusterName, ClusterPlan> clusters = new TreeMap<>();
  private final List<ExtraCluster> extraClusters = new ArrayList<>();
  private final Set<RuntimeKey> runtimeKeys = new LinkedHashSet<>();
  private final Set<Finding> findings = new LinkedHashSet<>();
  private final EffectLedger effects = new EffectLedger();

  ServicePlanner(ServiceInput input, List<PolicyKind<?>> kinds) {
    this.input = input;
    this.kinds = kinds;
  }

  ServicePlan plan() {
    Service service = input.service();
    List<ServicePort> ports =
        service.ports().stream().filter(port -> port.protocol().isHttpFamily()).toList();
    Optional<ServicePort> usual = ports.stream().filter(port -> !port.isManagement()).findFirst();
    if (usual.isEmpty() && !ports.isEmpty()) {
      findings.add(
          Finding.of(
              FindingCode.NOT_CALLABLE,
              "Service " + service.id(),
              "Its only HTTP port is '%s', which is not for callers of the service: a host without a port leads nowhere"
                  .formatted(ServicePort.MANAGEMENT)));
    }
    List<PortPlan> plans = new ArrayList<>();
    for (ServicePort port : ports) {
      plans.add(plan(port, usual.filter(port::equals).isPresent()));
    }
    for (Targeting targeting : input.own().targetings()) {
      effects.reaches(targeting.policy().key());
      if (targeting.isDirect() && ports.stream().noneMatch(p -> targeting.reaches(p.number()))) {
        effects.nothing(
            targeting.policy().key(),
            service.id() + " has no HTTP, HTTP/2 or gRPC port that it speaks of");
      }
    }
    return new ServicePlan(
        service,
        plans,
        clusters,
        extraClusters,
        List.copyOf(runtimeKeys),
        effects.effects(),
        List.copyOf(findings));
  }

  private PortPlan plan(ServicePort port, boolean usual) {
    PortSlots slots = slots(input.own(), port);
    slots.taken.forEach(this::take);
    slots.conflicts.forEach(this::refuse);
    slots.conflictsAtRules.forEach(this::refuseAtRules);
    checkTogether(slots, port);
    PortOptions options = slots.options();
    SortedSet<DocumentKey> policies = new TreeSet<>(options.authors());
    List<RoutePlan> routes = new ArrayList<>();
    for (RoutePlan route : slots.routes) {
      RoutePlan named = withClusters(route, policies);
      routes.add(named);
      policies.addAll(named.policies());
    }
    PortPlan.Otherwise otherwise = otherwise(port);
    if (routes.stream().noneMatch(RoutePlan::takesAll)) {
      routes.add(withClusters(otherwise.route(), policies));
    }
    Set<DocumentKey> limited = limited(policies);
    return new PortPlan(
        input.service().id().host() + ":" + port.number() + CallerVariants.suffix(limited),
        port,
        hosts(port, usual),
        routes,
        options,
        otherwise,
        policies);
  }

  private void checkTogether(PortSlots slots, ServicePort port) {
    List<Placed<? extends Option>> all = new ArrayList<>(slots.cluster.values());
    slots.options().all().forEach(all::add);
    slots.routes.forEach(route -> route.said().forEach(all::add));
    TargetPort target = new TargetPort(input.service(), port, input.own());
    KindsAsked.aboutMerged(kinds, new MergedPort(target, all), input.own().targetings())
        .forEach(this::take);
  }

  private void take(Contribution contribution) {
    effects.record(contribution);
    switch (contribution) {
      case Contribution.ExtraCluster(DocumentKey by, var cluster) ->
          extraClusters.add(new ExtraCluster(cluster, by));
      case Contribution.RuntimeKey raised -> runtimeKeys.add(raised.key());
      case Contribution.Reports(_, Finding finding) -> findings.add(finding);
      case Contribution.Routes _,
          Contribution.At _,
          Contribution.Filters _,
          Contribution.Scope _,
          Contribution.Uses _,
          Contribution.Lacking _,
          Contribution.Loses _ -> {}
    }
  }

  private void refuse(Contribution.Loses conflict) {
    effects.record(conflict);
    report(conflict, "it decides nothing there");
  }

  private void refuseAtRules(Contribution.Loses conflict) {
    effects.record(
        new Contribution.Lacking(
            conflict.by(),
            "rules of " + conflict.winner() + " decide for their own calls what it says"));
    report(conflict, "it decides for the other calls only");
  }

  private void report(Contribution.Loses conflict, String consequence) {
    findings.add(
        Finding.of(
            FindingCode.CONFLICTED,
            conflict.by().toString(),
            "must not decide for "
                + input.service().id()
                + " what "
                + conflict.winner()
                + " has decided; "
                + consequence));
  }

  private Hosts hosts(ServicePort port, boolean usual) {
    return new Hosts(
        hosts(input.hosts().within(), port, usual), hosts(input.hosts().elsewhere(), port, usual));
  }

  /**
   * Every spelling of a host that leads to a port.
   *
   * @param usual whether it is the port of a host without a port, and of one with HTTP's own, which
   *     means the same (RFC 9110, section 4.2.3)
   */
  private List<String> hosts(List<String> names, ServicePort port, boolean usual) {
    boolean isDefault = usual && input.service().port(ServicePort.HTTP_DEFAULT).isEmpty();
    List<String> hosts = new ArrayList<>();
    for (String name : names) {
      if (usual) {
        hosts.add(name);
      }
      if (isDefault) {
        hosts.add(name + ":" + ServicePort.HTTP_DEFAULT);
      }
      hosts.add(name + ":" + port.number());
    }
    return hosts;
  }

  private PortPlan.Otherwise otherwise(ServicePort port) {
    ClusterName whole = ClusterName.whole(input.service().id(), port.name());
    ClusterPlan cluster = cluster(whole);
    return new PortPlan.Otherwise(
        new RoutePlan(
            "default",
            List.of(),
            RouteAction.Forward.to(cluster.name()),
            Immutable.sortedMap(Map.of()),
            Immutable.sortedSet(Set.of())),
        cluster);
  }

  /** Names the clusters as this kind of caller has them, and plans them. */
  private RoutePlan withClusters(RoutePlan route, Set<DocumentKey> policies) {
    return route.action() instanceof RouteAction.Forward forward
        ? route.with(
            forward.named(
                name -> {
                  ClusterPlan cluster = cluster(name);
                  // A virtual host that names a caller's own cluster is itself the caller's own.
                  policies.addAll(limited(cluster.policies()));
                  clusters.put(cluster.name(), cluster);
                  return cluster.name();
                }))
        : route;
  }

  private ClusterPlan cluster(ClusterName name) {
    ServiceInput.Reached target = Objects.requireNonNull(input.reached(name.service()));
    ServicePort port =
        target.service().ports().stream()
            .filter(candidate -> candidate.name().equals(name.port()))
            .findFirst()
            .orElseThrow();
    PortSlots slots = slots(target, port);
    Set<DocumentKey> limited = limited(Placed.authors(slots.cluster.values()), target.targetings());
    return new ClusterPlan(
        name.withVariant(CallerVariants.of(limited)),
        port.protocol(),
        external(target.service(), port),
        sized(slots.cluster, name, target.counted()));
  }

  /** With the numbers that follow from how many instances there are. */
  private SortedMap<Slot, Placed<ClusterOption>> sized(
      SortedMap<Slot, Placed<ClusterOption>> options,
      ClusterName name,
      @Nullable EndpointSet counted) {
    SortedMap<Slot, Placed<ClusterOption>> sized = new TreeMap<>();
    options.forEach(
        (slot, placed) -> {
          try {
            sized.put(slot, sized(placed, name, counted));
          } catch (Throwable failure) {
            String message = Failures.message("cluster " + name, failure);
            for (DocumentKey by : placed.by()) {
              take(new Contribution.Lacking(by, message));
              findings.add(Finding.of(FindingCode.TRANSLATION_FAILED, by.toString(), message));
            }
          }
        });
    return sized;
  }

  private static Placed<ClusterOption> sized(
      Placed<ClusterOption> placed, ClusterName name, @Nullable EndpointSet counted) {
    Optional<Sized> sized = placed.option().sized();
    if (sized.isEmpty()) {
      return placed;
    }
    if (counted == null) {
      throw new IllegalStateException("its kind does not say that it is sized");
    }
    int number = sized.get().number(name.instances(counted));
    return new Placed<>(placed.by(), sized.get().with(number));
  }

  private boolean isKnown(ClusterName name) {
    ServiceInput.Reached target = input.reached(name.service());
    return target != null
        && target.service().ports().stream().anyMatch(port -> port.name().equals(name.port()));
  }

  private static ClusterPlan.@Nullable External external(Service service, ServicePort port) {
    String name = service.externalName();
    return name == null ? null : new ClusterPlan.External(name, port.number());
  }

  private Set<DocumentKey> limited(Set<DocumentKey> policies) {
    Set<DocumentKey> limited = new TreeSet<>(limited(policies, input.own().targetings()));
    input
        .neighbours()
        .values()
        .forEach(neighbour -> limited.addAll(limited(policies, neighbour.targetings())));
    return limited;
  }

  /** Those of {@code policies} that do not concern all callers. */
  private static Set<DocumentKey> limited(Set<DocumentKey> policies, List<Targeting> targetings) {
    Set<DocumentKey> limited = new TreeSet<>();
    for (Targeting targeting : targetings) {
      Policy<?> policy = targeting.policy();
      if (!policy.spec().callers().isEmpty() && policies.contains(policy.key())) {
        limited.add(policy.key());
      }
    }
    return limited;
  }

  private PortSlots slots(ServiceInput.Reached reached, ServicePort port) {
    Service service = reached.service();
    return slotsByPort.computeIfAbsent(
        ClusterName.whole(service.id(), port.name()),
        name ->
            new PortSlots(
                KindsAsked.aboutPort(
                    kinds,
                    new TargetPort(service, port, reached),
                    reached.targetings(),
                    // What a neighbour routes elsewhere is none of this plan's business.
                    service.equals(input.service()) ? this::requireKnown : said -> {})));
  }

  /** A route of a policy leads to services only that the policy says that it names. */
  private void requireKnown(Contribution contribution) {
    if (contribution instanceof Contribution.Routes(_, List<RoutePlan> routes)) {
      routes.stream()
          .flatMap(route -> route.clusters().stream())
          .filter(name -> !isKnown(name))
          .findFirst()
          .ifPresent(
              name -> {
                throw new IllegalStateException(
                    "there is no " + name + " among what the kind says that it names");
              });
    }
  }
}
