package dev.skiffmesh.server.delivery.testing;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.Vhds;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/**
 * A snapshot in the making, of small resources that a real Envoy takes. Immutable: each method
 * gives a new one that shares the rest. A {@code revision} makes the content of one name differ.
 */
public record TestingSnapshot(
    TreePMap<ResourceKind, TreePMap<String, Resource>> byKind,
    TreePMap<String, Resource> assignments,
    Reach reach) {

  /** Nothing. */
  public static final TestingSnapshot EMPTY =
      new TestingSnapshot(TreePMap.empty(), TreePMap.empty(), Reach.NOTHING);

  /** What the engine takes: the proxy's assignments are those of its clusters. */
  public ProxySnapshot build() {
    SortedMap<ResourceKind, TreePMap<String, Resource>> own = new TreeMap<>(byKind);
    TreePMap<String, Resource> clusters = own.get(ResourceKind.CLUSTER);
    return new ProxySnapshot(
        new ResourceSet(
            own,
            clusters == null
                ? new TreeSet<>()
                : Immutable.sortedSet(new TreeSet<>(clusters.keySet()))),
        assignments,
        reach);
  }

  /** The same for a proxy that may ask for more. */
  public TestingSnapshot reaching(Reach more) {
    return new TestingSnapshot(byKind, assignments, more);
  }

  /** Adds or replaces a resource. */
  public TestingSnapshot with(Resource resource) {
    ResourceKind kind = resource.kind();
    if (kind.equals(ResourceKind.ENDPOINT)) {
      return new TestingSnapshot(byKind, assignments.plus(resource.name(), resource), reach);
    }
    TreePMap<String, Resource> of = byKind.getOrDefault(kind, TreePMap.empty());
    return new TestingSnapshot(
        byKind.plus(kind, of.plus(resource.name(), resource)), assignments, reach);
  }

  /** Takes a resource away. */
  public TestingSnapshot without(ResourceKind kind, String name) {
    if (kind.equals(ResourceKind.ENDPOINT)) {
      return new TestingSnapshot(byKind, assignments.minus(name), reach);
    }
    TreePMap<String, Resource> of = byKind.getOrDefault(kind, TreePMap.empty());
    return new TestingSnapshot(byKind.plus(kind, of.minus(name)), assignments, reach);
  }

  /** Adds an EDS cluster and its assignment, both at {@code revision}. */
  public TestingSnapshot withService(String name, int revision) {
    return with(cluster(name, revision)).with(assignment(name, revision));
  }

  /** Takes a cluster and its assignment away. */
  public TestingSnapshot withoutService(String name) {
    return without(ResourceKind.CLUSTER, name).without(ResourceKind.ENDPOINT, name);
  }

  /** The version of a resource that the snapshot has. */
  public String version(ResourceKind kind, String name) {
    return build().get(kind, name).orElseThrow().version();
  }

  /** A small resource of any kind that is named and has a revision. */
  public static Resource of(ResourceKind kind, String name, int revision) {
    if (kind.equals(ResourceKind.CLUSTER)) {
      return cluster(name, revision);
    }
    if (kind.equals(ResourceKind.ENDPOINT)) {
      return assignment(name, revision);
    }
    if (kind.equals(ResourceKind.LISTENER)) {
      return listener(name, "routes", 10_000 + revision);
    }
    if (kind.equals(ResourceKind.ROUTE)) {
      return routes(name, false, revision);
    }
    if (kind.equals(ResourceKind.VIRTUAL_HOST)) {
      return virtualHost(name, "cluster", revision);
    }
    if (kind.equals(ResourceKind.EXTENSION)) {
      return extension(name, revision);
    }
    if (kind.equals(ResourceKind.SECRET)) {
      return secret(name, revision);
    }
    return runtime(name, revision);
  }

  /** A secret of any content. */
  public static Resource secret(String name, int revision) {
    return pack(
        ResourceKind.SECRET,
        name,
        Secret.newBuilder()
            .setName(name)
            .setGenericSecret(
                GenericSecret.newBuilder()
                    .setSecret(DataSource.newBuilder().setInlineString("revision " + revision)))
            .build());
  }

  /** A cluster whose endpoints come by EDS over ADS, under its own name. */
  public static Resource cluster(String name, int revision) {
    return pack(
        ResourceKind.CLUSTER,
        name,
        Cluster.newBuilder()
            .setName(name)
            .setType(Cluster.DiscoveryType.EDS)
            .setConnectTimeout(Duration.newBuilder().setSeconds(1 + revision))
            .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ads()))
            .build());
  }

  /** An assignment with one endpoint on loopback, whose port follows from the revision. */
  public static Resource assignment(String name, int revision) {
    return assignmentAt(name, 20_000 + revision);
  }

  /** An assignment with one endpoint on loopback. */
  public static Resource assignmentAt(String name, int port) {
    return pack(
        ResourceKind.ENDPOINT,
        name,
        ClusterLoadAssignment.newBuilder()
            .setClusterName(name)
            .addEndpoints(
                LocalityLbEndpoints.newBuilder()
                    .addLbEndpoints(
                        LbEndpoint.newBuilder()
                            .setLoadBalancingWeight(UInt32Value.of(1))
                            .setEndpoint(Endpoint.newBuilder().setAddress(loopback(port)))))
            .build());
  }

  /** An assignment without endpoints. */
  public static Resource emptyAssignment(String name) {
    return pack(
        ResourceKind.ENDPOINT,
        name,
        ClusterLoadAssignment.newBuilder().setClusterName(name).build());
  }

  /** A listener on loopback that takes its routes by RDS over ADS. */
  public static Resource listener(String name, String routes, int port) {
    HttpConnectionManager http =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(name)
            .setRds(Rds.newBuilder().setRouteConfigName(routes).setConfigSource(ads()))
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName("envoy.filters.http.router")
                    .setTypedConfig(Any.pack(Router.getDefaultInstance())))
            .build();
    return pack(
        ResourceKind.LISTENER,
        name,
        Listener.newBuilder()
            .setName(name)
            .setAddress(loopback(port))
            .addFilterChains(
                FilterChain.newBuilder()
                    .addFilters(
                        Filter.newBuilder()
                            .setName("envoy.filters.network.http_connection_manager")
                            .setTypedConfig(Any.pack(http))))
            .build());
  }

  /** A listener of gRPC's clients, which asks for its routes over ADS. */
  public static Resource apiListener(String name, String routes) {
    HttpConnectionManager http =
        HttpConnectionManager.newBuilder()
            .setRds(Rds.newBuilder().setRouteConfigName(routes).setConfigSource(ads()))
            .build();
    return pack(
        ResourceKind.LISTENER,
        name,
        Listener.newBuilder()
            .setName(name)
            .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(http)))
            .build());
  }

  /**
   * A route configuration.
   *
   * @param vhds whether its virtual hosts are resources of their own; else it has one that answers
   *     every host by the cluster {@code cluster-<revision>}
   */
  public static Resource routes(String name, boolean vhds, int revision) {
    RouteConfiguration.Builder routes = RouteConfiguration.newBuilder().setName(name);
    if (vhds) {
      routes
          .setVhds(Vhds.newBuilder().setConfigSource(ads()))
          .addInternalOnlyHeaders("x-revision-" + revision);
    } else {
      routes.addVirtualHosts(host("all", "*", "cluster-" + revision, 0));
    }
    return pack(ResourceKind.ROUTE, name, routes.build());
  }

  /** A route configuration whose one virtual host sends everything to {@code cluster}. */
  public static Resource routesTo(String name, String cluster) {
    return pack(
        ResourceKind.ROUTE,
        name,
        RouteConfiguration.newBuilder()
            .setName(name)
            .addVirtualHosts(host("all", "*", cluster, 0))
            .build());
  }

  /** A virtual host, named {@code <route configuration>/<host>}, for that host. */
  public static Resource virtualHost(String name, String cluster, int revision) {
    return virtualHost(name, name.substring(name.indexOf('/') + 1), cluster, revision);
  }

  /** A virtual host for one domain. */
  public static Resource virtualHost(String name, String domain, String cluster, int revision) {
    return pack(ResourceKind.VIRTUAL_HOST, name, host(name, domain, cluster, revision));
  }

  /** An HTTP filter configuration that does nothing. */
  public static Resource extension(String name, int revision) {
    return pack(
        ResourceKind.EXTENSION,
        name,
        TypedExtensionConfig.newBuilder()
            .setName(name)
            .setTypedConfig(
                Any.pack(
                    HTTPFault.newBuilder().setMaxActiveFaults(UInt32Value.of(revision)).build()))
            .build());
  }

  /** An empty runtime layer. */
  public static Resource runtime(String name) {
    return pack(ResourceKind.RUNTIME, name, Runtime.newBuilder().setName(name).build());
  }

  /** A runtime layer with one key, whose value follows from the revision; 0 for an empty one. */
  public static Resource runtime(String name, int revision) {
    if (revision == 0) {
      return runtime(name);
    }
    return pack(
        ResourceKind.RUNTIME,
        name,
        Runtime.newBuilder()
            .setName(name)
            .setLayer(
                Struct.newBuilder()
                    .putFields("key", Value.newBuilder().setNumberValue(revision).build()))
            .build());
  }

  private static VirtualHost host(String name, String domain, String cluster, int revision) {
    return VirtualHost.newBuilder()
        .setName(name)
        .addDomains(domain)
        .addRoutes(
            Route.newBuilder()
                .setName("r" + revision)
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRoute(RouteAction.newBuilder().setCluster(cluster)))
        .build();
  }

  private static Address loopback(int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port))
        .build();
  }

  private static ConfigSource ads() {
    return ConfigSource.newBuilder()
        .setAds(AggregatedConfigSource.getDefaultInstance())
        .setResourceApiVersion(ApiVersion.V3)
        .build();
  }

  private static Resource pack(ResourceKind kind, String name, Message message) {
    return Resource.pack(kind, name, message, Provenance.NONE);
  }
}
