package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.server.delivery.DeliveryInspection;
import dev.skiffmesh.server.delivery.KindView;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.ResourceStanding;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamView;
import dev.skiffmesh.server.status.Mesh;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.ProxyReport;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the admin API says, made from the newest report. Thread-safe. Public for Micronaut, which
 * hands it to the controllers.
 */
public final class MeshView {

  private final Mesh mesh;
  private final DeliveryInspection streams;
  private final String replica = machine();

  MeshView(Mesh mesh, DeliveryInspection streams) {
    this.mesh = mesh;
    this.streams = streams;
  }

  /** As the system names it; in Kubernetes that is the pod. */
  private static String machine() {
    String named = System.getenv("HOSTNAME");
    if (named != null && !named.isBlank()) {
      return named;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "unknown";
    }
  }

  /** Why this process should be replaced; empty while it is alive. */
  Optional<String> dead() {
    return mesh.vitals().dead();
  }

  static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value);
  }

  MeshReport report() {
    return mesh.report();
  }

  Responses.Items<Responses.Service> services() {
    return ApiItems.services(report().world());
  }

  /**
   * Endpoints of all registries, used or not.
   *
   * @param service of this one alone, by name, mesh name or host; null for all
   */
  Responses.Items<Responses.Endpoint> endpoints(@Nullable String service) {
    return new Responses.Items<>(EndpointItems.of(report(), named(service)));
  }

  private static Predicate<ServiceId> named(@Nullable String service) {
    return id ->
        service == null
            || service.equals(id.name())
            || service.equals(id.toString())
            || service.equals(id.host());
  }

  /**
   * The services of one registry, as it has them.
   *
   * @param service this one alone, by name, mesh name or host; null for all
   */
  Responses.Items<Responses.RegistryService> services(
      SourceReport registry, @Nullable String service) {
    World world = report().world();
    List<Responses.RegistryService> items = new ArrayList<>();
    registry
        .content()
        .forEach(
            (id, saved) -> {
              if (named(service).test(id)) {
                items.add(
                    new Responses.RegistryService(
                        id.namespace(),
                        id.name(),
                        List.copyOf(saved.service().aliases()),
                        ApiItems.ports(saved.service()),
                        Objects.requireNonNullElse(saved.service().externalName(), ""),
                        EndpointItems.of(world.endpointsOf(id), registry, saved)));
              }
            });
    return new Responses.Items<>(items);
  }

  /**
   * Believes a registry where it is doubted.
   *
   * @param service about this one alone, by name, mesh name or host; null for all
   */
  Responses.Items<Responses.ServiceName> accept(String source, @Nullable String service) {
    return new Responses.Items<>(
        mesh.accept(source, named(service)).stream()
            .map(id -> new Responses.ServiceName(id.namespace(), id.name()))
            .toList());
  }

  Responses.Items<Responses.Proxy> proxies() {
    return new Responses.Items<>(report().proxies().stream().map(this::proxy).toList());
  }

  /** One proxy; empty if it is not connected. */
  Optional<Responses.Proxy> proxy(String id) {
    return report().proxy(id).map(this::proxy);
  }

  private Responses.Proxy proxy(ProxyReport proxy) {
    return new Responses.Proxy(
        proxy.identity().id(),
        proxy.identity().workload().service().namespace(),
        proxy.identity().workload().service().name(),
        proxy.identity().dialect().toString(),
        proxy.peer(),
        replica,
        proxy.connectedSince().toString(),
        proxy.inSync(),
        kinds(proxy).stream().map(ApiItems::type).toList());
  }

  /** The types that a proxy asked for, on whichever of its streams. */
  private Collection<KindView> kinds(ProxyReport proxy) {
    SortedMap<ResourceKind, KindView> kinds = new TreeMap<>();
    for (StreamId stream : proxy.streams()) {
      for (KindView kind : streams.stream(stream).map(StreamView::kinds).orElse(List.of())) {
        kinds.merge(kind.kind(), kind, KindView::with);
      }
    }
    return kinds.values();
  }

  /** What a proxy is to have and has not; empty if it is not connected. */
  Optional<Responses.Items<Responses.Difference>> differences(String id) {
    return report()
        .proxy(id)
        .map(
            proxy ->
                new Responses.Items<>(
                    proxy.streams().stream()
                        .flatMap(stream -> streams.resources(stream).stream())
                        .filter(one -> one.state() != ResourceStanding.State.ACCEPTED)
                        .map(ApiItems::difference)
                        .toList()));
  }

  /** The last changes, the newest first. */
  Responses.Items<Responses.Change> history() {
    return new Responses.Items<>(mesh.history().stream().map(ApiItems::change).toList());
  }

  Responses.Items<Responses.Scope> scopes() {
    return new Responses.Items<>(report().scopes().stream().map(ApiItems::scope).toList());
  }

  Responses.Items<Responses.Policy> policies() {
    return new Responses.Items<>(report().policies().stream().map(ApiItems::policy).toList());
  }

  Responses.Items<Responses.Finding> findings() {
    return ApiItems.findings(report().findings());
  }

  Responses.Items<Responses.Source> registries() {
    return new Responses.Items<>(report().sources().stream().map(ApiItems::source).toList());
  }

  /**
   * What a proxy is to have; empty if it is not connected.
   *
   * @param kinds of these types alone
   */
  Optional<Responses.Items<Responses.Resource>> config(String id, List<ResourceKind> kinds) {
    return report().proxy(id).map(proxy -> new Responses.Items<>(resources(proxy, kinds)));
  }

  private List<Responses.Resource> resources(ProxyReport proxy, List<ResourceKind> kinds) {
    ProxySnapshot snapshot = proxy.snapshot();
    if (snapshot == null) {
      return List.of();
    }
    SortedMap<ResourceKind, Map<String, String>> states = new TreeMap<>();
    for (StreamId stream : proxy.streams()) {
      for (ResourceStanding one : streams.resources(stream)) {
        states
            .computeIfAbsent(one.kind(), _ -> new HashMap<>())
            .put(one.name(), ApiItems.word(one.state()));
      }
    }
    List<Responses.Resource> items = new ArrayList<>();
    for (ResourceKind kind : kinds) {
      Map<String, String> known = states.getOrDefault(kind, Map.of());
      Collection<String> names =
          kind.equals(ResourceKind.ENDPOINT)
              ? snapshot.resources().assignmentNames()
              : snapshot.resources().of(kind).keySet();
      for (String name : names) {
        snapshot
            .get(kind, name)
            .ifPresent(
                one -> items.add(ApiItems.resource(one, known.getOrDefault(name, "NotAsked"))));
      }
    }
    return items;
  }

  /** What each policy did to a proxy; empty if it is not connected. */
  Optional<Responses.Items<Responses.Effect>> effects(String id) {
    return report()
        .proxy(id)
        .map(
            proxy ->
                new Responses.Items<>(
                    proxy.effects().entrySet().stream()
                        .map(effect -> ApiItems.effect(effect.getKey(), effect.getValue()))
                        .toList()));
  }
}
