package dev.skiffmesh.translator.envoy;

import com.google.protobuf.UInt32Value;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.translator.plan.ClusterPlan;
import dev.skiffmesh.translator.wire.Protos;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.type.v3.Percent;
import java.time.Duration;

/** Clusters: of services, and of the application beside a proxy. */
final class Clusters {

  /** Envoy's own defaults (1,024 each, 3 retries) would reach users by accident. */
  private static final UInt32Value NO_LIMIT = UInt32Value.of(-1);

  private static final CircuitBreakers NO_LIMITS =
      CircuitBreakers.newBuilder()
          .addThresholds(thresholds(RoutingPriority.DEFAULT))
          .addThresholds(thresholds(RoutingPriority.HIGH))
          .build();

  /** Envoy's default is 100 headers; an application's own server decides instead. */
  private static final UInt32Value MOST_HEADERS = UInt32Value.of(10_000);

  /** The greatest that Envoy takes (protocol.proto). */
  private static final UInt32Value MOST_HEADER_KIB = UInt32Value.of(8192);

  /** policies.md, "With no policy at all". */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  /** Loopback: if it takes a second, nobody listens. */
  private static final Duration APPLICATION_CONNECT_TIMEOUT = Duration.ofSeconds(1);

  /**
   * Less than the shortest keep-alive time of a common server (Node.js 5 s, Tomcat 20 s, Jetty 30
   * s), so that the proxy ends an idle connection first: a call that is written while the
   * application ends the connection fails, and nobody can tell whether it was taken. HTTP/2
   * announces its end.
   */
  private static final Duration HTTP1_IDLE = Duration.ofSeconds(4);

  private Clusters() {}

  static Cluster ofService(ClusterPlan plan) {
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(plan.name().text())
            .setConnectTimeout(Protos.duration(CONNECT_TIMEOUT));
    ClusterPlan.External external = plan.external();
    if (external == null) {
      cluster
          .setType(Cluster.DiscoveryType.EDS)
          .setEdsClusterConfig(
              Cluster.EdsClusterConfig.newBuilder()
                  .setEdsConfig(Protos.ADS)
                  .setServiceName(plan.name().assignmentName()));
    } else {
      byDns(cluster, external);
    }
    common(cluster, plan.protocol());
    plan.options().values().forEach(placed -> placed.apply(option -> option.applyTo(cluster)));
    return cluster.build();
  }

  /**
   * Found by the caller's own DNS. Of the two types that Envoy has for that, gRPC's clients take
   * LOGICAL_DNS alone (gRFC A37); it keeps connections whose address DNS no longer gives.
   */
  private static void byDns(Cluster.Builder cluster, ClusterPlan.External external) {
    cluster
        .setType(Cluster.DiscoveryType.LOGICAL_DNS)
        .setDnsLookupFamily(Cluster.DnsLookupFamily.ALL)
        .setLoadAssignment(single(cluster.getName(), external.name(), external.port()));
  }

  private static ClusterLoadAssignment single(String cluster, String host, int port) {
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(cluster)
        .addEndpoints(
            LocalityLbEndpoints.newBuilder()
                .addLbEndpoints(
                    LbEndpoint.newBuilder()
                        .setEndpoint(Endpoint.newBuilder().setAddress(address(host, port)))))
        .build();
  }

  /**
   * The same for gRPC's clients, which report their calls only of clusters that ask for it (gRFC
   * A27); Envoy is told so by its bootstrap.
   */
  static Cluster reporting(ClusterPlan plan) {
    return ofService(plan).toBuilder().setLrsServer(Protos.SELF).build();
  }

  /** The application's own port, on loopback. */
  static Cluster ofApplication(ProxyPort port) {
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(applicationName(port))
            .setType(Cluster.DiscoveryType.STATIC)
            .setConnectTimeout(Protos.duration(APPLICATION_CONNECT_TIMEOUT))
            .setLoadAssignment(single(applicationName(port), "127.0.0.1", port.app()));
    return common(cluster, port.protocol()).build();
  }

  static String applicationName(ProxyPort port) {
    return "inbound|" + port.inbound();
  }

  static Address address(String host, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
        .build();
  }

  private static Cluster.Builder common(Cluster.Builder cluster, Protocol protocol) {
    cluster
        .setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN)
        .setCircuitBreakers(NO_LIMITS)
        .getCommonLbConfigBuilder()
        .setHealthyPanicThreshold(Percent.newBuilder().setValue(0));
    if (protocol.isHttpFamily()) {
      cluster.putTypedExtensionProtocolOptions(HTTP_OPTIONS, Protos.any(httpOptions(protocol)));
    }
    return cluster;
  }

  private static io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions httpOptions(
      Protocol protocol) {
    HttpProtocolOptions.Builder common =
        HttpProtocolOptions.newBuilder()
            .setMaxHeadersCount(MOST_HEADERS)
            .setMaxResponseHeadersKb(MOST_HEADER_KIB);
    if (!protocol.isHttp2()) {
      common.setIdleTimeout(Protos.duration(HTTP1_IDLE));
    }
    var options =
        io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
            .setCommonHttpProtocolOptions(common);
    if (protocol.isHttp2()) {
      options
          .getExplicitHttpConfigBuilder()
          .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
    } else {
      options
          .getExplicitHttpConfigBuilder()
          .setHttpProtocolOptions(
              Http1ProtocolOptions.newBuilder()
                  .setHeaderKeyFormat(Protos.PRESERVE_CASE)
                  // Applications that pass on a backend's headers answer with both.
                  .setAllowChunkedLength(true)
                  .setEnableTrailers(true));
    }
    return options.build();
  }

  private static CircuitBreakers.Thresholds thresholds(RoutingPriority priority) {
    return CircuitBreakers.Thresholds.newBuilder()
        .setPriority(priority)
        .setMaxConnections(NO_LIMIT)
        .setMaxPendingRequests(NO_LIMIT)
        .setMaxRequests(NO_LIMIT)
        .setMaxRetries(NO_LIMIT)
        .build();
  }
}
