package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.api.status.PolicyStatus;
import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.server.delivery.KindView;
import dev.skiffmesh.server.delivery.testing.TestingControl;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Envoy without ADS: clusters and endpoints come on delta streams of their own, of which it
 * opens one for the clusters and one more for the endpoints of each cluster.
 */
@RequiresEnvoy
class SeparateStreamsTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void clustersAndEndpointsComeOnStreamsOfTheirOwn() {
    try (HttpService one = HttpService.start("one", Map.of());
        HttpService two = HttpService.start("two", Map.of());
        TestingControl control = new TestingControl()) {
      TestingSnapshot world =
          TestingSnapshot.EMPTY
              .with(cluster("a"))
              .with(cluster("b"))
              .with(TestingSnapshot.assignmentAt("a", one.port()))
              .with(TestingSnapshot.assignmentAt("b", one.port()));
      control.publish(world);
      try (Envoy envoy =
          Envoy.start(bootstrap(control.port(), "cds_config: " + source(), "", ""))) {
        envoy.awaitReady(BOUND);
        assertThat(envoy.endpoints("a")).containsOnlyKeys("127.0.0.1:" + one.port());
        assertThat(control.registry().streams())
            .flatExtracting(stream -> stream.kinds().stream().map(KindView::kind).toList())
            .containsExactlyInAnyOrder(
                ResourceKind.CLUSTER, ResourceKind.ENDPOINT, ResourceKind.ENDPOINT);

        control.publish(world.with(TestingSnapshot.assignmentAt("b", two.port())));
        Await.until(
            BOUND,
            "the other endpoint",
            () -> envoy.endpoints("b").keySet().equals(Set.of("127.0.0.1:" + two.port())));
        assertThat(envoy.endpoints("a")).containsOnlyKeys("127.0.0.1:" + one.port());

        control.publish(world.withoutService("b"));
        Await.until(BOUND, "the cluster is gone", () -> envoy.endpoints("b").isEmpty());
        Await.until(
            BOUND, "its stream ends with it", () -> control.registry().streams().size() == 2);
        assertThat(envoy.stats("update_rejected").values()).allMatch(count -> count == 0);
      }
    }
  }

  @Test
  void anEnvoyWithItsOwnConfigurationTakesEndpointsFromTheMesh(@TempDir Path folder) {
    int egress = FreePorts.next();
    try (HttpService one = HttpService.start("order", Map.of("version", "v1"));
        HttpService two = HttpService.start("order", Map.of("version", "v2"));
        EmbeddedMesh mesh = EmbeddedMesh.start(folder)) {
      mesh.write("services/order.yaml", MeshFiles.service("order", List.of(one)));
      mesh.write("services/quote.yaml", MeshFiles.service("quote", List.of(two)));
      mesh.await(report -> report.world().services().size() == 2);
      try (Envoy envoy =
          Envoy.start(
              bootstrap(
                  mesh.xdsPort(),
                  "",
                  ownCluster("order") + ownCluster("quote"),
                  ownListener(egress, "order")))) {
        envoy.awaitReady(BOUND);
        LoadLoop.Target order = LoadLoop.Target.of(egress, "order", "/");
        assertThat(LoadLoop.run(order, 10, 1).failures()).isEmpty();
        mesh.await(
            report ->
                report.proxies().size() == 1
                    && report.proxies().getFirst().streams().size() == 2
                    && report.proxies().getFirst().inSync());

        mesh.write("services/order.yaml", MeshFiles.service("order", List.of(two)));
        Await.until(
            BOUND,
            "the other endpoint answers",
            () ->
                LoadLoop.run(order, 10, 1).byAnswerer().keySet().stream()
                    .allMatch(answerer -> answerer.startsWith("order-v2")));
      }
    }
  }

  /** Nobody takes clusters that refer to ADS without having it, and the policies say so. */
  @Test
  void whoAsksForClustersWithoutAdsHasRejectedThePoliciesThatLeadThere(@TempDir Path folder) {
    try (HttpService one = HttpService.start("order", Map.of("version", "v1"));
        HttpService two = HttpService.start("order", Map.of("version", "v2"));
        EmbeddedMesh mesh = EmbeddedMesh.start(folder)) {
      mesh.write("services/order.yaml", MeshFiles.service("order", List.of(one, two)));
      mesh.write("policies/split.yaml", MeshFiles.split("split", 50, 50));
      mesh.await(report -> report.policies().size() == 1);
      try (Envoy envoy =
          Envoy.start(bootstrap(mesh.xdsPort(), "cds_config: " + source(), "", ""))) {
        MeshReport report =
            mesh.await(now -> now.policies().getFirst().status().proxies().rejected() > 0);
        PolicyStatus split = report.policies().getFirst().status();
        assertThat(split.programmed().reason()).isEqualTo(Reason.REJECTED_BY_PROXY);
        assertThat(split.programmed().message()).contains("ADS must be configured", "version=v");
        assertThat(split.proxies()).isEqualTo(new PolicyStatus.Proxies(1, 0, 1));
        assertThat(envoy.endpoints("order.trading|http|version=v1")).isEmpty();
      }
    }
  }

  private static Resource cluster(String name) {
    return Resource.pack(
        ResourceKind.CLUSTER,
        name,
        Cluster.newBuilder()
            .setName(name)
            .setType(Cluster.DiscoveryType.EDS)
            .setEdsClusterConfig(
                Cluster.EdsClusterConfig.newBuilder()
                    .setEdsConfig(
                        ConfigSource.newBuilder()
                            .setResourceApiVersion(ApiVersion.V3)
                            .setApiConfigSource(
                                ApiConfigSource.newBuilder()
                                    .setApiType(ApiConfigSource.ApiType.DELTA_GRPC)
                                    .setTransportApiVersion(ApiVersion.V3)
                                    .addGrpcServices(
                                        GrpcService.newBuilder()
                                            .setEnvoyGrpc(
                                                GrpcService.EnvoyGrpc.newBuilder()
                                                    .setClusterName("xds"))))))
            .build(),
        Provenance.NONE);
  }

  private static String source() {
    return "{resource_api_version: V3, api_config_source: {api_type: DELTA_GRPC,"
        + " transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: xds}}]}}";
  }

  private static String ownCluster(String service) {
    return """
      - name: %1$s
        type: EDS
        eds_cluster_config: {service_name: "%1$s.trading|http", eds_config: %2$s}
    """
        .formatted(service, source());
  }

  private static String ownListener(int port, String cluster) {
    return """
      listeners:
      - name: own
        address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        filter_chains:
        - filters:
          - name: http
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: own
              route_config: {virtual_hosts: [{name: own, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: %s}}]}]}
              http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
    """
        .formatted(port, cluster);
  }

  private static String bootstrap(int xdsPort, String dynamic, String clusters, String listeners) {
    return """
    node: {id: "trading/gateway/127.0.0.1:15006", cluster: gateway, metadata: {skiff: {v: 1, service: gateway, namespace: trading}}}
    admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
    dynamic_resources: {%s}
    static_resources:
      clusters:
      - name: xds
        type: STATIC
        typed_extension_protocol_options:
          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
            explicit_http_config: {http2_protocol_options: {}}
        load_assignment:
          cluster_name: xds
          endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
    """
            .formatted(dynamic, xdsPort)
        + clusters
        + listeners;
  }
}
