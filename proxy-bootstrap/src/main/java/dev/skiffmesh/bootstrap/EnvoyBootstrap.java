package dev.skiffmesh.bootstrap;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Values;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.ClusterManager;
import io.envoyproxy.envoy.config.bootstrap.v3.LayeredRuntime;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.BackoffStrategy;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.RetryPolicy;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.overload.v3.OverloadManager;
import io.envoyproxy.envoy.config.overload.v3.ResourceMonitor;
import io.envoyproxy.envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig;

/**
 * Renders what a sidecar Envoy is started from. What is not here cannot be changed without a
 * restart of every proxy, so it holds the way to the control plane and whatever Envoy takes from
 * its bootstrap alone; all else comes by xDS.
 */
public final class EnvoyBootstrap {

  /** The layer of runtime keys that may harm, and so expire on their own. */
  public static final String RUNTIME_LAYER = "skiff-runs";

  /** The layer of runtime keys that never change. */
  private static final String CONSTANT_LAYER = "skiff-constants";

  /**
   * Envoy refuses an expression whose program is greater than 100 instructions unless it is told
   * otherwise, and with it the whole resource; {@code [a-z]{1,40}} is beyond that. Skiff refuses
   * what is beyond 1,000 itself, in its writer's words, and adds its own expressions for cookies
   * and templates.
   */
  private static final int GREATEST_REGEX_PROGRAM = 65_536;

  /**
   * The static cluster of the proxy's own peers, which Envoy counts to share limits out. It must be
   * static: Envoy exits at start if the name leads to a cluster that only CDS knows.
   */
  public static final String LOCAL_CLUSTER = "skiff-local";

  /** The static cluster of the control planes. */
  public static final String CONTROL_PLANE_CLUSTER = "skiff-xds";

  private static final String LOOPBACK = "127.0.0.1";

  /**
   * How long the start waits for runtime keys and peers, neither of which a proxy needs to carry
   * calls.
   */
  private static final long OPTIONAL_FETCH_SECONDS = 2;

  /**
   * Linux gives no process more descriptors than this by default ({@code fs.nr_open}), so the limit
   * is never met. Envoy warns at each start while there is none.
   */
  private static final long MORE_CONNECTIONS_THAN_DESCRIPTORS = 1_048_576;

  /** Envoy's own first interval. */
  private static final long RECONNECT_FIRST_MILLIS = 500;

  /**
   * Envoy's own is 30 s; a control plane that restarted should not wait so long for its proxies.
   */
  private static final long RECONNECT_MOST_SECONDS = 10;

  private EnvoyBootstrap() {}

  /** The bootstrap as Envoy's own message. */
  public static Bootstrap message(BootstrapRequest request) {
    ProxyIdentity proxy = request.proxy();
    return Bootstrap.newBuilder()
        .setNode(ProxyNode.of(proxy))
        .setAdmin(Admin.newBuilder().setAddress(address(LOOPBACK, request.adminPort())))
        .setDynamicResources(dynamicResources())
        .setClusterManager(
            ClusterManager.newBuilder()
                .setLocalClusterName(LOCAL_CLUSTER)
                .setLoadStatsConfig(controlPlane(ApiConfigSource.ApiType.GRPC)))
        .setStaticResources(
            Bootstrap.StaticResources.newBuilder()
                .addClusters(ControlPlaneCluster.of(request.controlPlanes()))
                .addClusters(localCluster(proxy)))
        .setLayeredRuntime(runtime())
        .setOverloadManager(overload())
        .build();
  }

  /** The bootstrap as YAML, ready for {@code envoy -c}, with the command line as its comment. */
  public static String yaml(BootstrapRequest request) {
    StringBuilder text = new StringBuilder();
    text.append("# Envoy bootstrap of ").append(request.proxy().id()).append('\n');
    text.append("# Written by `skiff bootstrap`. Start it with:\n");
    text.append("#   envoy --disable-hot-restart -c FILE\n");
    for (ProxyPort port : request.proxy().ports()) {
      text.append("# Callers reach ")
          .append(IpAddress.withPort(request.proxy().address(), port.inbound()))
          .append(", which goes to the application at ")
          .append(IpAddress.withPort(LOOPBACK, port.app()))
          .append(" (")
          .append(port.name())
          .append(", ")
          .append(port.protocol().wireName())
          .append(").\n");
    }
    return text.append(TreeText.yaml(message(request))).toString();
  }

  /**
   * The assignment that the proxy asks for as its own peers. The name holds the node id because
   * what a proxy's share is counted from may differ from one peer to the next, and one name has one
   * content across the mesh.
   */
  public static String localAssignmentName(String nodeId) {
    return LOCAL_CLUSTER + "|" + nodeId;
  }

  private static Bootstrap.DynamicResources dynamicResources() {
    return Bootstrap.DynamicResources.newBuilder()
        .setAdsConfig(
            controlPlane(ApiConfigSource.ApiType.DELTA_GRPC).setSetNodeOnFirstMessageOnly(true))
        .setCdsConfig(required())
        .setLdsConfig(required())
        .build();
  }

  private static ApiConfigSource.Builder controlPlane(ApiConfigSource.ApiType type) {
    return ApiConfigSource.newBuilder()
        .setApiType(type)
        .setTransportApiVersion(ApiVersion.V3)
        .addGrpcServices(
            GrpcService.newBuilder()
                .setEnvoyGrpc(
                    GrpcService.EnvoyGrpc.newBuilder()
                        .setClusterName(CONTROL_PLANE_CLUSTER)
                        .setRetryPolicy(reconnect())));
  }

  private static RetryPolicy reconnect() {
    return RetryPolicy.newBuilder()
        .setRetryBackOff(
            BackoffStrategy.newBuilder()
                .setBaseInterval(Durations.fromMillis(RECONNECT_FIRST_MILLIS))
                .setMaxInterval(Durations.fromSeconds(RECONNECT_MOST_SECONDS)))
        .build();
  }

  /** Without clusters and listeners a proxy is not ready, so it waits for them without end. */
  private static ConfigSource required() {
    return ads().setInitialFetchTimeout(Durations.ZERO).build();
  }

  private static ConfigSource optional() {
    return ads().setInitialFetchTimeout(Durations.fromSeconds(OPTIONAL_FETCH_SECONDS)).build();
  }

  private static ConfigSource.Builder ads() {
    return ConfigSource.newBuilder()
        .setAds(AggregatedConfigSource.getDefaultInstance())
        .setResourceApiVersion(ApiVersion.V3);
  }

  private static Cluster localCluster(ProxyIdentity proxy) {
    return Cluster.newBuilder()
        .setName(LOCAL_CLUSTER)
        .setType(Cluster.DiscoveryType.EDS)
        .setConnectTimeout(Durations.fromSeconds(1))
        .setEdsClusterConfig(
            Cluster.EdsClusterConfig.newBuilder()
                .setServiceName(localAssignmentName(proxy.id()))
                .setEdsConfig(optional()))
        .build();
  }

  private static LayeredRuntime runtime() {
    return LayeredRuntime.newBuilder()
        .addLayers(
            RuntimeLayer.newBuilder()
                .setName(CONSTANT_LAYER)
                .setStaticLayer(
                    Struct.newBuilder()
                        .putFields(
                            "re2.max_program_size.error_level", Values.of(GREATEST_REGEX_PROGRAM))))
        .addLayers(
            RuntimeLayer.newBuilder()
                .setName(RUNTIME_LAYER)
                .setRtdsLayer(
                    RuntimeLayer.RtdsLayer.newBuilder()
                        .setName(RUNTIME_LAYER)
                        .setRtdsConfig(optional())))
        .build();
  }

  private static OverloadManager overload() {
    DownstreamConnectionsConfig connections =
        DownstreamConnectionsConfig.newBuilder()
            .setMaxActiveDownstreamConnections(MORE_CONNECTIONS_THAN_DESCRIPTORS)
            .build();
    return OverloadManager.newBuilder()
        .addResourceMonitors(
            ResourceMonitor.newBuilder()
                .setName("envoy.resource_monitors.global_downstream_max_connections")
                .setTypedConfig(Any.pack(connections)))
        .build();
  }

  static Address address(String host, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
        .build();
  }
}
