package dev.skiffmesh.bootstrap;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;

/** The way to the control planes: a priority each, in the order in which they were named. */
final class ControlPlaneCluster {

  private static final String HTTP_PROTOCOL_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private static final long CONNECT_SECONDS = 2;

  /**
   * The kernel asks after 10 s of silence, three times every 5 s: what a firewall forgot is found
   * in 25 s.
   */
  private static final int TCP_IDLE_SECONDS = 10;

  private static final int TCP_INTERVAL_SECONDS = 5;
  private static final int TCP_PROBES = 3;

  /** A process that is frozen still answers TCP; it does not answer an HTTP/2 ping. */
  private static final long PING_EVERY_SECONDS = 30;

  private static final long PING_TIMEOUT_SECONDS = 5;

  /** How long a control plane that could not be reached is left aside while there is another. */
  private static final long LEFT_ASIDE_SECONDS = 10;

  private ControlPlaneCluster() {}

  static Cluster of(List<ControlPlaneAddress> controlPlanes) {
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(EnvoyBootstrap.CONTROL_PLANE_CLUSTER)
            .setType(
                controlPlanes.stream().allMatch(ControlPlaneAddress::isIpLiteral)
                    ? Cluster.DiscoveryType.STATIC
                    : Cluster.DiscoveryType.STRICT_DNS)
            .setConnectTimeout(Durations.fromSeconds(CONNECT_SECONDS))
            .setLoadAssignment(assignment(controlPlanes))
            .putTypedExtensionProtocolOptions(HTTP_PROTOCOL_OPTIONS, Any.pack(http2()))
            .setUpstreamConnectionOptions(
                UpstreamConnectionOptions.newBuilder().setTcpKeepalive(tcpKeepalive()));
    if (controlPlanes.size() > 1) {
      cluster.setOutlierDetection(leaveUnreachableAside());
    }
    return cluster.build();
  }

  private static ClusterLoadAssignment assignment(List<ControlPlaneAddress> controlPlanes) {
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(EnvoyBootstrap.CONTROL_PLANE_CLUSTER);
    for (int priority = 0; priority < controlPlanes.size(); priority++) {
      ControlPlaneAddress at = controlPlanes.get(priority);
      assignment.addEndpoints(
          LocalityLbEndpoints.newBuilder()
              .setPriority(priority)
              .addLbEndpoints(
                  LbEndpoint.newBuilder()
                      .setEndpoint(
                          Endpoint.newBuilder()
                              .setAddress(EnvoyBootstrap.address(at.host(), at.port())))));
    }
    return assignment.build();
  }

  private static HttpProtocolOptions http2() {
    return HttpProtocolOptions.newBuilder()
        .setExplicitHttpConfig(
            HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                .setHttp2ProtocolOptions(
                    Http2ProtocolOptions.newBuilder()
                        .setConnectionKeepalive(
                            KeepaliveSettings.newBuilder()
                                .setInterval(Durations.fromSeconds(PING_EVERY_SECONDS))
                                .setTimeout(Durations.fromSeconds(PING_TIMEOUT_SECONDS)))))
        .build();
  }

  private static TcpKeepalive tcpKeepalive() {
    return TcpKeepalive.newBuilder()
        .setKeepaliveProbes(UInt32Value.of(TCP_PROBES))
        .setKeepaliveTime(UInt32Value.of(TCP_IDLE_SECONDS))
        .setKeepaliveInterval(UInt32Value.of(TCP_INTERVAL_SECONDS))
        .build();
  }

  /**
   * A lower priority is used only while the higher one is unhealthy, and nothing but a failed
   * connection tells. When all are set aside, Envoy's panic threshold tries each again.
   */
  private static OutlierDetection leaveUnreachableAside() {
    return OutlierDetection.newBuilder()
        .setSplitExternalLocalOriginErrors(true)
        .setConsecutiveLocalOriginFailure(UInt32Value.of(1))
        .setEnforcingConsecutiveLocalOriginFailure(UInt32Value.of(100))
        .setBaseEjectionTime(Durations.fromSeconds(LEFT_ASIDE_SECONDS))
        .setMaxEjectionTime(Durations.fromSeconds(LEFT_ASIDE_SECONDS))
        .setInterval(Durations.fromSeconds(1))
        .setMaxEjectionPercent(UInt32Value.of(100))
        .setAlwaysEjectOneHost(BoolValue.of(true))
        .build();
  }
}
