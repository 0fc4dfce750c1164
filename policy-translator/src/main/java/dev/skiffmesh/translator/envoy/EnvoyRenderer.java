package dev.skiffmesh.translator.envoy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.PolicyEffect.Outcome;
import dev.skiffmesh.translator.ProxyView;
import dev.skiffmesh.translator.Scope;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.plan.OutboundPlan;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import dev.skiffmesh.translator.resource.RuntimeLayer;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * A view as resources in the dialect of who asked. Remembers what it rendered for whole plans, so
 * that proxies with equal plans share it and a changed service costs its own part; seen from
 * outside a pure function. Thread-safe.
 */
public final class EnvoyRenderer {

  private static final Resource DISCOVERED =
      Resource.pack(
          ResourceKind.ROUTE, VirtualHosts.EGRESS, VirtualHosts.discovered(), Provenance.NONE);

  /** Plans whose renderings are remembered; more cost time, not correctness. */
  private static final int MOST_REMEMBERED = 64;

  /** The same for what namespaces see of them. */
  private static final int MOST_OUTLOOKS = 1024;

  /** The same for workloads' parts of them. */
  private static final int MOST_WORKLOADS = 4096;

  private final ResourceGate gate = new ResourceGate();
  private final OwnResources.Memory owns = new OwnResources.Memory();
  private final Map<Lineage, RenderedMesh> remembered = new Memo<>(MOST_REMEMBERED);
  private final Map<Outlook, Seen> seen = new Memo<>(MOST_OUTLOOKS);
  private final Map<Workload, Narrowed> narrowed = new Memo<>(MOST_WORKLOADS);

  /** Keeps what was used last. */
  private static final class Memo<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int most;

    Memo(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }

  /** What one proxy is to have. */
  public Translation render(ProxyView view) {
    return switch (view.identity().dialect()) {
      case Dialect.Envoy envoy -> envoy(view, envoy);
      case Dialect.Grpc grpc -> grpc(view, grpc);
    };
  }

  private Translation envoy(ProxyView view, Dialect.Envoy dialect) {
    ProxyIdentity identity = view.identity();
    RenderedMesh everywhere = rendered(view.outbound(), Rendering.Form.ENVOY);
    RenderedMesh whole = seen(everywhere, Rendering.Form.ENVOY, view);
    Scope scope = view.scope();
    RenderedMesh mesh = scope.mode() == ScopeMode.ALL ? whole : within(everywhere, view);
    SortedMap<ResourceKind, TreePMap<String, Resource>> byKind = new TreeMap<>();
    RuntimeLayer runtime = runtime(mesh.remarks().runtimeKeys(), scope.runtimeKeys());
    byKind.put(ResourceKind.RUNTIME, TreePMap.singleton(RuntimeLayer.NAME, runtime.resource()));
    TreePMap<String, Resource> listeners = TreePMap.empty();
    TreePMap<String, Resource> routes = TreePMap.empty();
    TreePSet<String> assignments = mesh.assignments();
    OwnResources own = owns.of(identity, dialect);
    for (Resource listener : own.listeners()) {
      listeners = listeners.plus(listener.name(), listener);
    }
    if (identity.egressPort() > 0) {
      if (dialect.takesVirtualHosts()) {
        routes = routes.plus(VirtualHosts.EGRESS, DISCOVERED);
        byKind.put(ResourceKind.VIRTUAL_HOST, mesh.of(ResourceKind.VIRTUAL_HOST));
      } else {
        routes = routes.plus(VirtualHosts.EGRESS_WHOLE, whole(mesh));
      }
      byKind.put(ResourceKind.ROUTE, routes);
    }
    byKind.put(ResourceKind.CLUSTER, owns.among(mesh.of(ResourceKind.CLUSTER), own.clusters()));
    byKind.put(ResourceKind.LISTENER, listeners);
    return new Translation(
        new ResourceSet(byKind, assignments),
        together(effects(mesh, dialect), scope.effects()),
        findings(whole, scope),
        runtime,
        new MeshReach(
            scope.mode() == ScopeMode.DECLARED ? mesh : whole,
            scope.mode() == ScopeMode.ON_DEMAND));
  }

  private static RuntimeLayer runtime(List<RuntimeKey> ofServices, List<RuntimeKey> ofWorkload) {
    List<RuntimeKey> all = new ArrayList<>(ofServices);
    all.addAll(ofWorkload);
    return RuntimeLayer.of(all);
  }

  private Translation grpc(ProxyView view, Dialect.Grpc dialect) {
    RenderedMesh mesh =
        seen(rendered(view.outbound(), Rendering.Form.GRPC), Rendering.Form.GRPC, view);
    SortedMap<ResourceKind, TreePMap<String, Resource>> byKind = new TreeMap<>();
    byKind.put(ResourceKind.CLUSTER, mesh.of(ResourceKind.CLUSTER));
    byKind.put(ResourceKind.LISTENER, mesh.of(ResourceKind.LISTENER));
    byKind.put(ResourceKind.ROUTE, mesh.of(ResourceKind.ROUTE));
    return new Translation(
        new ResourceSet(byKind, mesh.assignments()),
        together(effects(mesh, dialect), view.scope().effects()),
        findings(mesh, view.scope()),
        RuntimeLayer.EMPTY,
        Reach.NOTHING);
  }

  private static List<Finding> findings(RenderedMesh mesh, Scope scope) {
    if (scope.findings().isEmpty()) {
      return mesh.remarks().findings();
    }
    List<Finding> all = new ArrayList<>(mesh.remarks().findings());
    all.addAll(scope.findings());
    return all;
  }

  private static SortedMap<DocumentKey, PolicyEffect> together(
      SortedMap<DocumentKey, PolicyEffect> some, SortedMap<DocumentKey, PolicyEffect> others) {
    if (others.isEmpty()) {
      return some;
    }
    SortedMap<DocumentKey, PolicyEffect> all = new TreeMap<>(some);
    all.putAll(others);
    return all;
  }

  /** The plan's effects, less what this dialect lacks; the plan's own if it lacks nothing. */
  private static SortedMap<DocumentKey, PolicyEffect> effects(RenderedMesh mesh, Dialect dialect) {
    SortedMap<DocumentKey, Set<String>> lacking = new TreeMap<>();
    for (Placed<? extends Option> placed : mesh.remarks().options()) {
      placed
          .option()
          .lacking(dialect)
          .ifPresent(what -> placed.by().forEach(policy -> add(lacking, policy, Set.of(what))));
    }
    mesh.remarks().lacking().forEach((policy, what) -> add(lacking, policy, what));
    if (lacking.isEmpty()) {
      return mesh.plan().effects();
    }
    SortedMap<DocumentKey, PolicyEffect> effects = new TreeMap<>(mesh.plan().effects());
    lacking.forEach(
        (policy, what) -> effects.merge(policy, lacking(dialect, what), EnvoyRenderer::worse));
    return effects;
  }

  private static void add(
      SortedMap<DocumentKey, Set<String>> lacking, DocumentKey policy, Set<String> what) {
    lacking.computeIfAbsent(policy, key -> new LinkedHashSet<>()).addAll(what);
  }

  private static PolicyEffect lacking(Dialect dialect, Set<String> what) {
    return new PolicyEffect(Outcome.PARTLY, "in " + dialect + " " + String.join(", ", what));
  }

  private static PolicyEffect worse(PolicyEffect before, PolicyEffect lacking) {
    return switch (before.outcome()) {
      case SHAPED -> lacking;
      case PARTLY ->
          before.message().contains(lacking.message())
              ? before
              : new PolicyEffect(Outcome.PARTLY, before.message() + "; " + lacking.message());
      case OVERRIDDEN, NOTHING -> before;
    };
  }

  private static Resource whole(RenderedMesh mesh) {
    List<VirtualHost> hosts = new ArrayList<>();
    Set<DocumentKey> policies = new TreeSet<>();
    for (Resource resource : mesh.of(ResourceKind.VIRTUAL_HOST).values()) {
      hosts.add(virtualHost(resource));
      policies.addAll(resource.provenance().policies());
    }
    return Resource.pack(
        ResourceKind.ROUTE,
        VirtualHosts.EGRESS_WHOLE,
        VirtualHosts.whole(hosts),
        new Provenance(new TreeSet<>(policies)));
  }

  private static VirtualHost virtualHost(Resource resource) {
    try {
      return VirtualHost.parseFrom(com.google.protobuf.Any.parseFrom(resource.any()).getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("Skiff packed " + resource + " itself", e);
    }
  }

  // Equal plans are the same object where they come from one planner; comparing contents would cost
  // as much as rendering.
  @SuppressWarnings("ReferenceEquality")
  private synchronized RenderedMesh rendered(OutboundPlan plan, Rendering.Form form) {
    for (Map.Entry<Lineage, RenderedMesh> entry : remembered.entrySet()) {
      if (entry.getKey().form == form && entry.getValue().plan() == plan) {
        return entry.getValue();
      }
    }
    Lineage lineage = new Lineage(form, plan.callerKind());
    RenderedMesh mesh = RenderedMesh.of(plan, form, gate, remembered.get(lineage));
    remembered.put(lineage, mesh);
    return mesh;
  }

  /** The proxies of one namespace see the same, and share it. */
  // Equal meshes are the same object, see above.
  @SuppressWarnings("ReferenceEquality")
  private synchronized RenderedMesh seen(RenderedMesh whole, Rendering.Form form, ProxyView view) {
    String namespace = view.identity().workload().service().namespace();
    Outlook outlook = new Outlook(form, view.outbound().callerKind(), namespace);
    Seen last = seen.get(outlook);
    if (last != null && last.whole == whole) {
      return last.mesh;
    }
    RenderedMesh mesh = whole.seenFrom(namespace);
    seen.put(outlook, new Seen(whole, mesh));
    return mesh;
  }

  /** The proxies of one workload are sent the same, and share it. */
  // Equal meshes are the same object, see above.
  @SuppressWarnings("ReferenceEquality")
  private synchronized RenderedMesh within(RenderedMesh whole, ProxyView view) {
    Workload workload =
        new Workload(view.identity().workload().service(), view.outbound().callerKind());
    Narrowed last = narrowed.get(workload);
    if (last != null && last.whole == whole && last.services.equals(view.scope().services())) {
      return last.mesh;
    }
    RenderedMesh mesh =
        whole.within(
            view.scope().services(), workload.service.namespace(), last == null ? null : last.mesh);
    narrowed.put(workload, new Narrowed(whole, view.scope().services(), mesh));
    return mesh;
  }

  private record Outlook(
      Rendering.Form form, SortedSet<DocumentKey> callerKind, String namespace) {}

  private record Seen(RenderedMesh whole, RenderedMesh mesh) {}

  private record Workload(ServiceId service, SortedSet<DocumentKey> callerKind) {}

  private record Narrowed(RenderedMesh whole, SortedSet<ServiceId> services, RenderedMesh mesh) {}

  /** Plans of one form and one kind of caller are mostly alike from one moment to the next. */
  private record Lineage(Rendering.Form form, SortedSet<DocumentKey> callerKind) {}
}
