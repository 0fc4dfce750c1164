package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.Sizing;
import dev.skiffmesh.translator.memo.StillHeld;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.plan.ClusterPlan;
import dev.skiffmesh.translator.plan.InboundPlan;
import dev.skiffmesh.translator.plan.OutboundPlan;
import dev.skiffmesh.translator.plan.ScopePlan;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.policy.PolicyKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Plans for kinds of callers. A service's plan is remembered by its own input, so that callers
 * share what no policy of theirs makes different, and a change costs the services that it touches;
 * what a kind of caller has of its own is laid over what all have in common. Seen from outside a
 * pure function. Thread-safe.
 */
// An unchanged map or mesh is the same object: comparing contents would cost as much as planning.
@SuppressWarnings("ReferenceEquality")
public final class Planner {

  private final List<PolicyKind<?>> kinds;
  private final StillHeld<ServiceInput, ServicePlan> made = new StillHeld<>();
  private final StillHeld<ServiceInput.Reached, InboundPlan> madeInbound = new StillHeld<>();

  /** Everything about the mesh that was asked for last. */
  private @Nullable Known known;

  /** A planner with nothing remembered. */
  public Planner(List<PolicyKind<?>> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  /** What {@code caller} does with all services; the same object for callers of one kind. */
  public synchronized OutboundPlan plan(EffectiveMesh mesh, Workload caller) {
    Known now = known(mesh);
    SortedSet<DocumentKey> callerKind = mesh.callerKind(caller);
    if (callerKind.isEmpty()) {
      return now.common.plan;
    }
    OutboundPlan plan = now.plans.get(callerKind);
    if (plan == null) {
      plan = laidOver(now, callerKind);
      now.plans.put(callerKind, plan);
    }
    return plan;
  }

  /** What policies say of that which the proxies of {@code workload} are sent. */
  public synchronized ScopePlan scope(EffectiveMesh mesh, ServiceId workload) {
    return known(mesh)
        .scopes
        .computeIfAbsent(workload, service -> new ScopePlanner(mesh, service).plan(kinds));
  }

  /**
   * What the proxies of {@code workload} do with calls that come in; one object for all of them.
   */
  public synchronized InboundPlan inbound(EffectiveMesh mesh, ServiceId workload) {
    return known(mesh)
        .inbound
        .computeIfAbsent(workload, id -> inbound(mesh.services().get(id), mesh));
  }

  private InboundPlan inbound(@Nullable Service service, EffectiveMesh mesh) {
    if (service == null) {
      return InboundPlan.NOTHING;
    }
    ServiceInput.Reached input = mesh.inbound(service);
    return input.targetings().isEmpty()
        ? InboundPlan.NOTHING
        : madeInbound.get(input, reached -> new InboundPlanner(reached, kinds).plan());
  }

  /** What would become of a service's numbers if it had these endpoints now. */
  public Sizing sizing(EffectiveMesh mesh, ServiceId service, EndpointSet now) {
    // Mostly there is none, and whoever asks need not wait for plans that are being made.
    Optional<EndpointSet> counted = mesh.counted(service);
    return counted.isEmpty() ? Sizing.SAME : sizing(mesh, service, counted.get(), now);
  }

  private synchronized Sizing sizing(
      EffectiveMesh mesh, ServiceId service, EndpointSet before, EndpointSet now) {
    boolean isHigher = false;
    for (ClusterPlan cluster : known(mesh).sized().getOrDefault(service, Set.of())) {
      for (Placed<ClusterOption> placed : cluster.options().values()) {
        int change = change(placed, cluster.name(), before, now);
        if (change < 0) {
          return Sizing.LOWER;
        }
        isHigher |= change > 0;
      }
    }
    return isHigher ? Sizing.HIGHER : Sizing.SAME;
  }

  /** Of what fails the plan has said so. */
  private static int change(
      Placed<ClusterOption> placed, ClusterName name, EndpointSet before, EndpointSet now) {
    try {
      return placed
          .option()
          .sized()
          .map(
              sized ->
                  Integer.compare(
                      sized.number(name.instances(now)), sized.number(name.instances(before))))
          .orElse(0);
    } catch (OutOfMemoryError exhausted) {
      throw exhausted;
    } catch (Throwable said) {
      return 0;
    }
  }

  private Known known(EffectiveMesh mesh) {
    Known before = known;
    if (before != null && before.mesh == mesh) {
      return before;
    }
    Known now = new Known(mesh, common(mesh, before), before);
    known = now;
    return now;
  }

  /** The plans of callers that no policy for some callers concerns. */
  private Common common(EffectiveMesh mesh, @Nullable Known last) {
    Map<ServiceId, ServiceInput> inputs = new HashMap<>();
    Common before = last == null ? null : last.common;
    TreePMap<ServiceId, ServicePlan> plans =
        before == null ? TreePMap.empty() : before.plan.services();
    EffectSums sums = before == null ? EffectSums.NOTHING : before.sums;
    for (Service service : mesh.services().values()) {
      ServiceInput input = mesh.input(service, Set.of());
      inputs.put(service.id(), input);
      if (before == null || !input.equals(before.inputs.get(service.id()))) {
        ServicePlan plan = made.get(input, this::made);
        ServicePlan other = plans.get(service.id());
        sums = (other == null ? sums : sums.minus(other)).plus(plan);
        plans = plans.plus(service.id(), plan);
      }
    }
    if (before != null) {
      for (ServiceId gone : before.inputs.keySet()) {
        ServicePlan other = inputs.containsKey(gone) ? null : plans.get(gone);
        if (other != null) {
          sums = sums.minus(other);
          plans = plans.minus(gone);
        }
      }
    }
    SortedMap<DocumentKey, PolicyEffect> triedOut = triedOut(mesh);
    OutboundPlan plan =
        OutboundPlan.ofAll(plans, sums.effects().plusAll(triedOut), mesh.hosts(), triedOut);
    boolean same =
        before != null
            && before.plan.services() == plans
            && before.plan.effects().equals(plan.effects());
    return new Common(inputs, sums, same && before != null ? before.plan : plan);
  }

  private static SortedMap<DocumentKey, PolicyEffect> triedOut(EffectiveMesh mesh) {
    EffectLedger triedOut = new EffectLedger();
    mesh.shadows()
        .forEach(
            policy ->
                triedOut.nothing(policy, "it is only tried out (skiffmesh.dev/effect: shadow)"));
    return triedOut.effects();
  }

  private OutboundPlan laidOver(Known now, SortedSet<DocumentKey> callerKind) {
    OutboundPlan common = now.common.plan;
    SortedMap<ServiceId, ServicePlan> own = new TreeMap<>();
    EffectSums sums = now.common.sums;
    for (ServiceId id : concerned(now, callerKind)) {
      ServicePlan everybodys = common.services().get(id);
      Service service = now.mesh.services().get(id);
      if (everybodys == null || service == null) {
        continue;
      }
      ServicePlan plan = made.get(now.mesh.input(service, callerKind), this::made);
      if (plan != everybodys) {
        own.put(id, plan);
        sums = sums.minus(everybodys).plus(plan);
      }
    }
    OutboundPlan before = now.before.get(callerKind);
    return before != null && before.isLaidOver(common, own)
        ? before
        : common.with(callerKind, own, sums.effects().plusAll(common.triedOut()));
  }

  /** The services that those policies reach, and those whose routes lead to one of them. */
  private static SortedSet<ServiceId> concerned(Known now, SortedSet<DocumentKey> callerKind) {
    SortedSet<ServiceId> concerned = new TreeSet<>();
    for (ServiceId reached : now.mesh.reachedBy(callerKind)) {
      concerned.add(reached);
      concerned.addAll(now.leadingTo().getOrDefault(reached, Set.of()));
    }
    return concerned;
  }

  private ServicePlan made(ServiceInput input) {
    return new ServicePlanner(input, kinds).plan();
  }

  private record Common(Map<ServiceId, ServiceInput> inputs, EffectSums sums, OutboundPlan plan) {}

  /** One mesh, and what was worked out about it. */
  private static final class Known {
    private final EffectiveMesh mesh;
    private final Common common;
    private final Map<SortedSet<DocumentKey>, OutboundPlan> plans = new HashMap<>();
    private final Map<SortedSet<DocumentKey>, OutboundPlan> before;
    private final Map<ServiceId, ScopePlan> scopes = new HashMap<>();
    private final Map<ServiceId, InboundPlan> inbound = new HashMap<>();
    private @Nullable Map<ServiceId, Set<ServiceId>> leadingTo;
    private @Nullable Map<ServiceId, Set<ClusterPlan>> sized;
    private int plansOfSized;

    private Known(EffectiveMesh mesh, Common common, @Nullable Known last) {
      this.mesh = mesh;
      this.common = common;
      this.before = last == null ? Map.of() : last.plans;
    }

    /** By service: the others whose policies name it. */
    private Map<ServiceId, Set<ServiceId>> leadingTo() {
      Map<ServiceId, Set<ServiceId>> found = leadingTo;
      if (found == null) {
        found = new HashMap<>();
        for (Map.Entry<ServiceId, ServiceInput> input : common.inputs.entrySet()) {
          for (ServiceId neighbour : input.getValue().neighbours().keySet()) {
            found.computeIfAbsent(neighbour, id -> new TreeSet<>()).add(input.getKey());
          }
        }
        leadingTo = found;
      }
      return found;
    }

    /** By service: its clusters with numbers that follow from how many instances there are. */
    private Map<ServiceId, Set<ClusterPlan>> sized() {
      Map<ServiceId, Set<ClusterPlan>> found = sized;
      if (found == null || plansOfSized != plans.size()) {
        Map<ServiceId, Set<ClusterPlan>> all = new HashMap<>();
        common.plan.services().values().forEach(plan -> enter(all, plan));
        plans.values().forEach(kind -> kind.own().values().forEach(plan -> enter(all, plan)));
        sized = all;
        plansOfSized = plans.size();
        found = all;
      }
      return found;
    }

    private static void enter(Map<ServiceId, Set<ClusterPlan>> all, ServicePlan plan) {
      for (ClusterPlan cluster : plan.clusters().values()) {
        if (cluster.options().values().stream().anyMatch(Known::isSized)) {
          all.computeIfAbsent(cluster.name().service(), id -> new HashSet<>()).add(cluster);
        }
      }
    }

    private static boolean isSized(Placed<ClusterOption> placed) {
      return placed.option().sized().isPresent();
    }
  }
}
