package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.translator.plan.OutboundPlan;
import dev.skiffmesh.translator.plan.ScopePlan;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.policy.PolicyKind;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Plans for kinds of callers. Remembers the last plan of each kind, so that a change costs the
 * plans of the services that it touches; seen from outside a pure function. Thread-safe.
 */
// An unchanged map or mesh is the same object: comparing contents would cost as much as planning.
@SuppressWarnings("ReferenceEquality")
public final class Planner {

  /** Kinds of callers that are remembered; more cost time, not correctness. */
  private static final int MOST_KINDS = 256;

  private final List<PolicyKind<?>> kinds;
  private final Map<SortedSet<DocumentKey>, Remembered> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SortedSet<DocumentKey>, Remembered> eldest) {
          return size() > MOST_KINDS;
        }
      };

  /** The plans of {@link #scope} for this mesh. */
  private @Nullable EffectiveMesh scopesOf;

  private final Map<ServiceId, ScopePlan> scopes = new HashMap<>();

  /** A planner with nothing remembered. */
  public Planner(List<PolicyKind<?>> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  /** What {@code caller} does with all services; the same object for callers of one kind. */
  public synchronized OutboundPlan plan(EffectiveMesh mesh, Workload caller) {
    SortedSet<DocumentKey> callerKind = mesh.callerKind(caller);
    Remembered before = remembered.get(callerKind);
    if (before != null && before.mesh == mesh) {
      return before.plan;
    }
    Remembered now = plan(mesh, callerKind, before);
    remembered.put(callerKind, now);
    return now.plan;
  }

  /** What policies say of that which the proxies of {@code workload} are sent. */
  public synchronized ScopePlan scope(EffectiveMesh mesh, ServiceId workload) {
    if (mesh != scopesOf) {
      scopesOf = mesh;
      scopes.clear();
    }
    return scopes.computeIfAbsent(workload, service -> new ScopePlanner(mesh, service).plan(kinds));
  }

  private Remembered plan(
      EffectiveMesh mesh, SortedSet<DocumentKey> callerKind, @Nullable Remembered before) {
    Map<ServiceId, ServiceInput> inputs = new HashMap<>();
    TreePMap<ServiceId, ServicePlan> plans =
        before == null ? TreePMap.empty() : before.plan.services();
    EffectLedger effects = new EffectLedger();
    for (Service service : mesh.services().values()) {
      ServiceInput input = mesh.input(service, callerKind);
      inputs.put(service.id(), input);
      if (before == null || !input.equals(before.inputs.get(service.id()))) {
        plans = plans.plus(service.id(), new ServicePlanner(input, kinds).plan());
      }
    }
    if (before != null) {
      for (ServiceId gone : before.inputs.keySet()) {
        if (!inputs.containsKey(gone)) {
          plans = plans.minus(gone);
        }
      }
    }
    EffectLedger triedOut = new EffectLedger();
    mesh.shadows()
        .forEach(
            policy ->
                triedOut.nothing(policy, "it is only tried out (skiffmesh.dev/effect: shadow)"));
    plans.values().forEach(plan -> effects.add(plan.effects()));
    effects.add(triedOut.effects());
    OutboundPlan plan =
        new OutboundPlan(callerKind, plans, effects.effects(), mesh.hosts(), triedOut.effects());
    boolean same =
        before != null
            && before.plan.services() == plans
            && before.plan.effects().equals(plan.effects());
    return new Remembered(mesh, inputs, same && before != null ? before.plan : plan);
  }

  private record Remembered(
      EffectiveMesh mesh, Map<ServiceId, ServiceInput> inputs, OutboundPlan plan) {}
}
