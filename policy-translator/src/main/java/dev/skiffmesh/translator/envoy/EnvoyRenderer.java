package dev.skiffmesh.translator.envoy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.ProxyView;
import dev.skiffmesh.translator.Scope;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.memo.Same;
import dev.skiffmesh.translator.memo.StillHeld;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.plan.InboundPlan;
import dev.skiffmesh.translator.plan.OutboundPlan;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import dev.skiffmesh.translator.resource.RuntimeLayer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import org.pcollections.TreePMap;

/**
 * A view as resources in the dialect of who asked. Remembers what it rendered of each service's
 * plan, and what was put together for equal views, as long as somebody holds it; seen from outside
 * a pure function. Thread-safe.
 */
public final class EnvoyRenderer {

  private static final Resource DISCOVERED =
      Resource.pack(
          ResourceKind.ROUTE, VirtualHosts.EGRESS, VirtualHosts.discovered(), Provenance.NONE);

  private final ResourceGate gate = new ResourceGate();
  private final OwnResources.Memory owns = new OwnResources.Memory();

  /** Of callers that no policy for some callers concerns, the last mesh of each form. */
  private final Map<Rendering.Form, RenderedMesh> common = new EnumMap<>(Rendering.Form.class);

  private final StillHeld<InForm<ServicePlan>, RenderedMesh.Part> parts = new StillHeld<>();
  private final StillHeld<InForm<OutboundPlan>, RenderedMesh> meshes = new StillHeld<>();
  private final StillHeld<Outlook, RenderedMesh> seen = new StillHeld<>();
  private final StillHeld<Within, RenderedMesh> narrowed = new StillHeld<>();
  private final StillHeld<Workload, RenderedMesh> lastNarrowed = new StillHeld<>();
  private final StillHeld<Same<TreePMap<String, Resource>>, Resource> wholes = new StillHeld<>();
  private final StillHeld<Inputs, Translation> translations = new StillHeld<>();

  /** A plan is the same object as long as it is equal: comparing contents would be the work. */
  private record InForm<T>(Rendering.Form form, Same<T> plan) {}

  private record Outlook(Same<RenderedMesh> whole, String namespace) {}

  private record Within(
      Same<RenderedMesh> whole, SortedSet<ServiceId> services, String namespace) {}

  private record Workload(ServiceId service, SortedSet<DocumentKey> callerKind) {}

  /** All that a translation is made of, so that equal views have one. */
  private record Inputs(
      Same<RenderedMesh> whole,
      Same<RenderedMesh> mesh,
      Dialect dialect,
      boolean hasEgress,
      OwnResources own,
      Same<InboundPlan> inbound,
      Scope scope) {}

  /** What one proxy is to have. */
  public Translation render(ProxyView view) {
    return switch (view.identity().dialect()) {
      case Dialect.Envoy envoy -> envoy(view, envoy);
      case Dialect.Grpc grpc -> grpc(view, grpc);
    };
  }

  private synchronized Translation envoy(ProxyView view, Dialect.Envoy dialect) {
    ProxyIdentity identity = view.identity();
    RenderedMesh everywhere = rendered(view.outbound(), Rendering.Form.ENVOY);
    RenderedMesh whole = seen(everywhere, view);
    Scope scope = view.scope();
    RenderedMesh mesh = scope.mode() == ScopeMode.ALL ? whole : within(everywhere, view);
    return translations.get(
        new Inputs(
            new Same<>(whole),
            new Same<>(mesh),
            dialect,
            identity.egressPort() > 0,
            owns.of(identity, dialect),
            new Same<>(view.inbound()),
            scope),
        this::envoy);
  }

  private Translation envoy(Inputs inputs) {
    RenderedMesh mesh = inputs.mesh.value();
    RenderedMesh whole = inputs.whole.value();
    Scope scope = inputs.scope;
    Dialect.Envoy dialect = (Dialect.Envoy) inputs.dialect;
    SortedMap<ResourceKind, TreePMap<String, Resource>> byKind = new TreeMap<>();
    InboundPlan inbound = inputs.inbound.value();
    RuntimeLayer runtime =
        runtime(List.of(mesh.remarks().runtimeKeys(), inbound.runtimeKeys(), scope.runtimeKeys()));
    byKind.put(ResourceKind.RUNTIME, TreePMap.singleton(RuntimeLayer.NAME, runtime.resource()));
    TreePMap<String, Resource> listeners = TreePMap.empty();
    for (Resource listener : inputs.own.listeners()) {
      listeners = listeners.plus(listener.name(), listener);
    }
    if (inputs.hasEgress) {
      Resource routes = DISCOVERED;
      if (dialect.takesVirtualHosts()) {
        byKind.put(ResourceKind.VIRTUAL_HOST, mesh.of(ResourceKind.VIRTUAL_HOST));
      } else {
        routes =
            wholes.get(
                new Same<>(mesh.of(ResourceKind.VIRTUAL_HOST)),
                hosts -> VirtualHosts.packedWhole(hosts.value()));
      }
      byKind.put(ResourceKind.ROUTE, TreePMap.singleton(routes.name(), routes));
    }
    byKind.put(
        ResourceKind.CLUSTER, owns.among(mesh.of(ResourceKind.CLUSTER), inputs.own.clusters()));
    byKind.put(ResourceKind.LISTENER, listeners);
    return new Translation(
        new ResourceSet(byKind, mesh.assignments()),
        together(
            DialectEffects.of(mesh, dialect), DialectEffects.of(inbound, dialect), scope.effects()),
        mesh.remarks().destinations(),
        together(whole.remarks().findings(), inbound.findings(), scope.findings()),
        runtime,
        new MeshReach(
            scope.mode() == ScopeMode.DECLARED ? mesh : whole,
            scope.mode() == ScopeMode.ON_DEMAND));
  }

  private static RuntimeLayer runtime(List<List<RuntimeKey>> some) {
    return RuntimeLayer.of(some.stream().flatMap(List::stream).toList());
  }

  private synchronized Translation grpc(ProxyView view, Dialect.Grpc dialect) {
    Same<RenderedMesh> mesh =
        new Same<>(seen(rendered(view.outbound(), Rendering.Form.GRPC), view));
    return translations.get(
        new Inputs(
            mesh,
            mesh,
            dialect,
            false,
            OwnResources.NONE,
            new Same<>(view.inbound()),
            view.scope()),
        this::grpc);
  }

  private Translation grpc(Inputs inputs) {
    RenderedMesh mesh = inputs.mesh.value();
    InboundPlan inbound = inputs.inbound.value();
    SortedMap<ResourceKind, TreePMap<String, Resource>> byKind = new TreeMap<>();
    byKind.put(ResourceKind.CLUSTER, mesh.of(ResourceKind.CLUSTER));
    byKind.put(ResourceKind.LISTENER, mesh.of(ResourceKind.LISTENER));
    byKind.put(ResourceKind.ROUTE, mesh.of(ResourceKind.ROUTE));
    return new Translation(
        new ResourceSet(byKind, mesh.assignments()),
        together(
            DialectEffects.of(mesh, inputs.dialect),
            DialectEffects.of(inbound, inputs.dialect),
            inputs.scope.effects()),
        mesh.remarks().destinations(),
        together(mesh.remarks().findings(), inbound.findings(), inputs.scope.findings()),
        RuntimeLayer.EMPTY,
        Reach.NOTHING);
  }

  private static List<Finding> together(
      List<Finding> some, List<Finding> ofCallee, List<Finding> ofWorkload) {
    if (ofCallee.isEmpty() && ofWorkload.isEmpty()) {
      return some;
    }
    List<Finding> all = new ArrayList<>(some);
    all.addAll(ofCallee);
    all.addAll(ofWorkload);
    return all;
  }

  private static SortedMap<DocumentKey, PolicyEffect> together(
      SortedMap<DocumentKey, PolicyEffect> some,
      SortedMap<DocumentKey, PolicyEffect> ofCallee,
      SortedMap<DocumentKey, PolicyEffect> ofWorkload) {
    if (ofCallee.isEmpty() && ofWorkload.isEmpty()) {
      return some;
    }
    SortedMap<DocumentKey, PolicyEffect> all = new TreeMap<>(some);
    all.putAll(ofCallee);
    all.putAll(ofWorkload);
    return all;
  }

  private RenderedMesh rendered(OutboundPlan plan, Rendering.Form form) {
    return meshes.get(new InForm<>(form, new Same<>(plan)), this::mesh);
  }

  private RenderedMesh mesh(InForm<OutboundPlan> asked) {
    OutboundPlan plan = asked.plan.value();
    Rendering.Form form = asked.form;
    Function<ServicePlan, RenderedMesh.Part> rendering =
        service ->
            parts.get(
                new InForm<>(form, new Same<>(service)),
                key -> RenderedMesh.Part.of(key.plan.value(), form, gate));
    OutboundPlan everybodys = plan.common();
    if (everybodys != null) {
      return rendered(everybodys, form).with(plan, rendering);
    }
    RenderedMesh mesh = RenderedMesh.of(plan, rendering, common.get(form));
    common.put(form, mesh);
    return mesh;
  }

  /** The proxies of one namespace see the same, and share it. */
  private RenderedMesh seen(RenderedMesh whole, ProxyView view) {
    return seen.get(
        new Outlook(new Same<>(whole), view.identity().workload().service().namespace()),
        asked -> whole.seenFrom(asked.namespace));
  }

  /** The proxies of one workload are mostly sent the same from one moment to the next. */
  private RenderedMesh within(RenderedMesh whole, ProxyView view) {
    return narrowed.get(
        new Within(
            new Same<>(whole),
            view.scope().services(),
            view.identity().workload().service().namespace()),
        asked -> {
          Workload workload =
              new Workload(view.identity().workload().service(), view.outbound().callerKind());
          RenderedMesh mesh =
              whole.within(
                  asked.services, workload.service.namespace(), lastNarrowed.get(workload));
          lastNarrowed.put(workload, mesh);
          return mesh;
        });
  }
}
