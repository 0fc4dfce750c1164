package dev.skiffmesh.translator.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.plan.ClusterPlan;
import dev.skiffmesh.translator.plan.HostOwners;
import dev.skiffmesh.translator.plan.Hosts;
import dev.skiffmesh.translator.plan.OutboundPlan;
import dev.skiffmesh.translator.plan.PortOptions;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.RouteAction;
import dev.skiffmesh.translator.plan.RouteAction.Forward;
import dev.skiffmesh.translator.plan.RouteAction.Share;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.testing.TestingOptions;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/** What the gate refuses is named by nobody, and its neighbours are served. */
class ClosureTest {

  private static final DocumentKey POLICY = new DocumentKey("TrafficRoute", "trading", "x");
  private static final ServicePort PORT = new ServicePort("http", 80, Protocol.HTTP);
  private static final ClusterName GOOD = cluster("order", "good");
  private static final ClusterName BAD = cluster("order", "bad");
  private static final ClusterName WHOLE =
      ClusterName.whole(new ServiceId("trading", "order"), "http");

  private final ResourceGate gate = new ResourceGate();

  @Test
  void aRouteToARefusedClusterIsLeftOutAndOthersStay() {
    ServicePlan plan =
        service(
            "order",
            route("/bad", BAD, null),
            route("/good", GOOD, null),
            route("/mirrored", GOOD, BAD),
            route(null, WHOLE, null));

    Rendering envoy = Rendering.of(plan, Rendering.Form.ENVOY, gate);
    Rendering grpc = Rendering.of(plan, Rendering.Form.GRPC, gate);

    assertThat(names(envoy, ResourceKind.CLUSTER)).containsExactly(WHOLE.text(), GOOD.text());
    assertThat(envoy.assignments()).containsOnlyKeys(WHOLE.text(), GOOD.text());
    assertThat(envoy.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(FindingCode.GATE_REFUSED);
              assertThat(finding.subject()).contains(BAD.text());
            });
    assertThat(routes(envoy)).extracting(Route::getName).containsExactly("/good", "/mirrored", "");
    assertThat(envoy.resources().toString() + routes(envoy)).doesNotContain("=bad");
    assertThat(routes(grpc)).extracting(Route::getName).containsExactly("/good", "/mirrored", "");
    assertThat(routes(grpc).toString()).doesNotContain("=bad");
  }

  @Test
  void aHostWithoutItsLastRouteIsRefusedAndOtherServicesStay() {
    ServicePlan broken = service("order", route(null, BAD, null));
    ServicePlan whole = service("stock", route(null, cluster("stock", "good"), null));
    OutboundPlan plan =
        OutboundPlan.ofAll(
            TreePMap.<ServiceId, ServicePlan>empty()
                .plus(broken.service().id(), broken)
                .plus(whole.service().id(), whole),
            new TreeMap<>(),
            HostOwners.NONE,
            new TreeMap<>());

    RenderedMesh mesh =
        RenderedMesh.of(
            plan, service -> RenderedMesh.Part.of(service, Rendering.Form.ENVOY, gate), null);

    assertThat(mesh.of(ResourceKind.VIRTUAL_HOST)).containsOnlyKeys("egress/stock.trading:80");
    assertThat(mesh.of(ResourceKind.CLUSTER)).containsOnlyKeys(cluster("stock", "good").text());
  }

  private static ClusterName cluster(String service, String version) {
    return new ClusterName(
        new ServiceId("trading", service),
        "http",
        Immutable.sortedMap(Map.of("version", version)),
        false,
        "");
  }

  private static RoutePlan route(
      @Nullable String prefix, ClusterName to, @Nullable ClusterName mirror) {
    RouteAction action =
        new Forward(
            List.of(new Share(to, 1)),
            mirror == null
                ? new TreeMap<>()
                : new TreeMap<>(
                    Map.of(Slot.MIRROR, Placed.of(POLICY, new TestingOptions.Mirrored(mirror)))));
    List<RequestMatch> matches =
        prefix == null
            ? List.of()
            : List.of(
                new RequestMatch(
                    List.of(),
                    new PathMatch(null, prefix, null, null),
                    List.of(),
                    List.of(),
                    List.of(),
                    null,
                    null,
                    Map.of()));
    return new RoutePlan(
        prefix == null ? "" : prefix,
        matches,
        action,
        new TreeMap<>(),
        Immutable.sortedSet(Set.of(POLICY)));
  }

  /** Each cluster is as it should be but the bad one, which has no time to connect. */
  private static ServicePlan service(String name, RoutePlan... routes) {
    ServiceId id = new ServiceId("trading", name);
    TreeMap<ClusterName, ClusterPlan> clusters = new TreeMap<>();
    for (RoutePlan route : routes) {
      route.clusters().forEach(cluster -> add(clusters, cluster));
    }
    return new ServicePlan(
        new Service(
            id,
            Immutable.sortedSet(List.of()),
            List.of(PORT),
            Immutable.sortedSet(List.of()),
            List.of("test")),
        List.of(
            new PortPlan(
                id.host() + ":80",
                PORT,
                new Hosts(List.of(id.host()), List.of(id.host())),
                List.of(routes),
                PortOptions.NONE,
                otherwise(ClusterName.whole(id, "http")),
                Immutable.sortedSet(Set.of(POLICY)))),
        clusters,
        List.of(),
        List.of(),
        new TreeMap<>(),
        List.of());
  }

  private static PortPlan.Otherwise otherwise(ClusterName whole) {
    return new PortPlan.Otherwise(
        new RoutePlan(
            "default",
            List.of(),
            Forward.to(whole),
            new TreeMap<>(),
            Immutable.sortedSet(Set.of())),
        new ClusterPlan(whole, Protocol.HTTP, null, new TreeMap<>()));
  }

  private static void add(Map<ClusterName, ClusterPlan> clusters, ClusterName name) {
    Placed<ClusterOption> connect =
        Placed.of(
            POLICY,
            new TestingOptions.OfCluster(
                Slot.CONNECT_TIMEOUT,
                cluster ->
                    cluster.getConnectTimeoutBuilder().setSeconds(name.equals(BAD) ? 0 : 1)));
    clusters.put(
        name,
        new ClusterPlan(
            name, Protocol.HTTP, null, new TreeMap<>(Map.of(Slot.CONNECT_TIMEOUT, connect))));
  }

  private static List<String> names(Rendering rendering, ResourceKind kind) {
    return rendering.resources().stream()
        .filter(resource -> resource.kind().equals(kind))
        .map(Resource::name)
        .toList();
  }

  private static List<Route> routes(Rendering rendering) {
    for (Resource resource : rendering.resources()) {
      if (resource.kind().equals(ResourceKind.VIRTUAL_HOST)) {
        return read(resource, VirtualHost.getDefaultInstance()).getRoutesList();
      }
      if (resource.kind().equals(ResourceKind.ROUTE)) {
        return read(resource, RouteConfiguration.getDefaultInstance())
            .getVirtualHosts(0)
            .getRoutesList();
      }
    }
    return List.of();
  }

  @SuppressWarnings("unchecked") // A parser gives what it is the parser of.
  private static <M extends Message> M read(Resource resource, M type) {
    try {
      return (M) type.getParserForType().parseFrom(Any.parseFrom(resource.any()).getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(resource.toString(), e);
    }
  }
}
