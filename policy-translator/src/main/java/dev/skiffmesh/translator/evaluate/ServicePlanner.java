package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.plan.ClusterPlan;
import dev.skiffmesh.translator.plan.ExtraCluster;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.RouteAction;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.TargetPort;
import java.time.Duration;
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

  /** policies.md, "With no policy at all". */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  private static final Duration REQUEST_TIMEOUT = Duration.ZERO;
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);

  private final ServiceInput input;
  private final List<PolicyKind<?>> kinds;
  private final Map<ClusterName, Slots> slotsByPort = new HashMap<>();
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
    List<PortPlan> plans = new ArrayList<>();
    for (ServicePort port : ports) {
      plans.add(plan(port, port.equals(ports.getFirst())));
    }
    for (Targeting targeting : input.targetings()) {
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

  private PortPlan plan(ServicePort port, boolean first) {
    Slots slots = slots(input.service(), input.targetings(), port);
    for (Contribution contribution : slots.taken) {
      effects.record(contribution);
      switch (contribution) {
        case Contribution.ExtraCluster(DocumentKey by, var cluster) ->
            extraClusters.add(new ExtraCluster(cluster, by));
        case Contribution.RuntimeKey raised -> runtimeKeys.add(raised.key());
        case Contribution.Reports(_, Finding finding) -> findings.add(finding);
        case Contribution.Routes _,
            Contribution.RequestTimeout _,
            Contribution.IdleTimeout _,
            Contribution.ConnectTimeout _,
            Contribution.Scope _,
            Contribution.Uses _,
            Contribution.Lacking _,
            Contribution.Loses _ -> {}
      }
    }
    slots.conflicts.forEach(this::refuse);
    SortedSet<DocumentKey> policies = new TreeSet<>(slots.portPolicies());
    List<RoutePlan> routes = new ArrayList<>();
    for (RoutePlan route : slots.routes) {
      RoutePlan named = withClusters(route, policies);
      routes.add(named);
      policies.addAll(named.policies());
    }
    if (routes.stream().noneMatch(RoutePlan::takesAll)) {
      routes.add(withClusters(wholeService(port), policies));
    }
    Set<DocumentKey> limited = limited(policies);
    return new PortPlan(
        input.service().id().host() + ":" + port.number() + CallerVariants.suffix(limited),
        port,
        hosts(port, first),
        routes,
        slots.requestTimeout.map(Contribution.RequestTimeout::duration).orElse(REQUEST_TIMEOUT),
        slots.idleTimeout.map(Contribution.IdleTimeout::duration).orElse(IDLE_TIMEOUT),
        policies);
  }

  private void refuse(Contribution.Loses conflict) {
    effects.record(conflict);
    findings.add(
        Finding.of(
            FindingCode.CONFLICTED,
            conflict.by().toString(),
            "must not decide for "
                + input.service().id()
                + " what "
                + conflict.winner()
                + " has decided; it decides nothing there"));
  }

  private List<String> hosts(ServicePort port, boolean first) {
    List<String> hosts = new ArrayList<>();
    for (String host : input.hosts()) {
      if (first) {
        hosts.add(host);
      }
      hosts.add(host + ":" + port.number());
    }
    return hosts;
  }

  private RoutePlan wholeService(ServicePort port) {
    ClusterName cluster = ClusterName.whole(input.service().id(), port.name());
    return new RoutePlan(
        "default",
        List.of(),
        new RouteAction.Forward(List.of(new RouteAction.Share(cluster, 1)), null, null, null),
        null,
        null,
        Immutable.sortedSet(Set.of()));
  }

  /** Names the clusters as this kind of caller has them, and plans them. */
  private RoutePlan withClusters(RoutePlan route, Set<DocumentKey> policies) {
    if (!(route.action() instanceof RouteAction.Forward forward)) {
      return route;
    }
    List<RouteAction.Share> shares =
        forward.shares().stream()
            .map(share -> new RouteAction.Share(cluster(share.cluster(), policies), share.weight()))
            .toList();
    RouteAction.Copy mirror = forward.mirror();
    RouteAction action =
        new RouteAction.Forward(
            shares,
            forward.stickyBy(),
            mirror == null
                ? null
                : new RouteAction.Copy(
                    cluster(mirror.cluster(), policies), mirror.partsPerMillion()),
            forward.rewrite());
    return new RoutePlan(
        route.name(),
        route.matches(),
        action,
        route.requestHeaders(),
        route.responseHeaders(),
        route.policies());
  }

  private ClusterName cluster(ClusterName name, Set<DocumentKey> policies) {
    ServiceInput.Neighbour target = Objects.requireNonNull(reached(name.service()));
    ServicePort port =
        target.service().ports().stream()
            .filter(candidate -> candidate.name().equals(name.port()))
            .findFirst()
            .orElseThrow();
    Slots slots = slots(target.service(), target.targetings(), port);
    SortedSet<DocumentKey> shapedBy = new TreeSet<>();
    slots.connectTimeout.ifPresent(option -> shapedBy.add(option.by()));
    Set<DocumentKey> limited = limited(shapedBy, target.targetings());
    ClusterName named = name.withVariant(CallerVariants.of(limited));
    // A virtual host that names a caller's own cluster is itself the caller's own.
    policies.addAll(limited);
    clusters.put(
        named,
        new ClusterPlan(
            named,
            port.protocol(),
            external(target.service(), port),
            slots.connectTimeout.map(Contribution.ConnectTimeout::duration).orElse(CONNECT_TIMEOUT),
            shapedBy));
    return named;
  }

  private boolean isKnown(ClusterName name) {
    ServiceInput.Neighbour target = reached(name.service());
    return target != null
        && target.service().ports().stream().anyMatch(port -> port.name().equals(name.port()));
  }

  private ServiceInput.@Nullable Neighbour reached(ServiceId service) {
    return service.equals(input.service().id())
        ? new ServiceInput.Neighbour(input.service(), input.targetings())
        : input.neighbours().get(service);
  }

  private static ClusterPlan.@Nullable External external(Service service, ServicePort port) {
    String name = service.externalName();
    return name == null ? null : new ClusterPlan.External(name, port.number());
  }

  private Set<DocumentKey> limited(Set<DocumentKey> policies) {
    Set<DocumentKey> limited = new TreeSet<>(limited(policies, input.targetings()));
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

  private Slots slots(Service service, List<Targeting> targetings, ServicePort port) {
    return slotsByPort.computeIfAbsent(
        ClusterName.whole(service.id(), port.name()),
        name ->
            new Slots(
                KindsAsked.aboutPort(
                    kinds,
                    new TargetPort(service, port, input),
                    targetings,
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

  /** The contributions of one port, each in its slot. */
  private static final class Slots {

    private final List<Contribution> taken = new ArrayList<>();
    private final List<RoutePlan> routes = new ArrayList<>();
    private final List<Contribution.Loses> conflicts = new ArrayList<>();
    private Optional<Contribution.RequestTimeout> requestTimeout = Optional.empty();
    private Optional<Contribution.IdleTimeout> idleTimeout = Optional.empty();
    private Optional<Contribution.ConnectTimeout> connectTimeout = Optional.empty();

    Slots(List<Contribution> contributions) {
      for (Contribution contribution : contributions) {
        switch (contribution) {
          case Contribution.Routes(_, List<RoutePlan> planned) -> {
            routes.addAll(planned);
            taken.add(contribution);
          }
          case Contribution.RequestTimeout option -> requestTimeout = put(requestTimeout, option);
          case Contribution.IdleTimeout option -> idleTimeout = put(idleTimeout, option);
          case Contribution.ConnectTimeout option -> connectTimeout = put(connectTimeout, option);
          // Two policies never write one runtime key, since its name begins with the policy's.
          case Contribution.RuntimeKey _,
              Contribution.ExtraCluster _,
              Contribution.Scope _,
              Contribution.Uses _,
              Contribution.Lacking _,
              Contribution.Loses _,
              Contribution.Reports _ ->
              taken.add(contribution);
        }
      }
    }

    /** What shaped the virtual host beside its routes. */
    Set<DocumentKey> portPolicies() {
      Set<DocumentKey> policies = new TreeSet<>();
      requestTimeout.ifPresent(option -> policies.add(option.by()));
      idleTimeout.ifPresent(option -> policies.add(option.by()));
      return policies;
    }

    private <C extends Contribution> Optional<C> put(Optional<C> slot, C option) {
      if (slot.isEmpty()) {
        taken.add(option);
        return Optional.of(option);
      }
      conflicts.add(new Contribution.Loses(option.by(), slot.get().by()));
      return slot;
    }
  }
}
