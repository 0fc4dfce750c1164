package dev.skiffmesh.bootstrap;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;

/**
 * Renders what a gRPC library's own xDS client is started from (gRFC A27, {@code
 * GRPC_XDS_BOOTSTRAP}), for applications that follow the mesh with no proxy beside them.
 */
public final class GrpcBootstrap {

  private GrpcBootstrap() {}

  /**
   * The bootstrap as JSON. There is no proxy, so nothing listens for the application's calls
   * (egress 0), and callers reach the application's own port.
   */
  public static String json(BootstrapRequest request) {
    ListValue.Builder servers = ListValue.newBuilder();
    request.controlPlanes().forEach(at -> servers.addValues(server(at)));
    Struct bootstrap =
        Struct.newBuilder()
            .putFields("xds_servers", Value.newBuilder().setListValue(servers).build())
            .putFields("node", node(ProxyNode.of(withoutProxy(request.proxy()))))
            .build();
    return TreeText.json(bootstrap);
  }

  private static ProxyIdentity withoutProxy(ProxyIdentity proxy) {
    List<ProxyPort> ports =
        proxy.ports().stream()
            .map(port -> new ProxyPort(port.name(), port.app(), port.app(), port.protocol()))
            .toList();
    return new ProxyIdentity(
        ports.isEmpty()
            ? proxy.id()
            : BootstrapRequest.nodeId(
                proxy.workload().service(), proxy.address(), ports.getFirst().inbound()),
        proxy.workload(),
        proxy.address(),
        ports,
        0,
        "grpc",
        proxy.locality(),
        proxy.dialect());
  }

  private static Value server(ControlPlaneAddress at) {
    return Values.of(
        Struct.newBuilder()
            .putFields("server_uri", Values.of(at.toString()))
            .putFields(
                "channel_creds",
                Values.of(
                    List.of(
                        Values.of(
                            Struct.newBuilder().putFields("type", Values.of("insecure")).build()))))
            .putFields("server_features", Values.of(List.of(Values.of("xds_v3"))))
            .build());
  }

  private static Value node(Node node) {
    return Values.of(
        Struct.newBuilder()
            .putFields("id", Values.of(node.getId()))
            .putFields("cluster", Values.of(node.getCluster()))
            .putFields(
                "locality",
                Values.of(
                    Struct.newBuilder()
                        .putFields("region", Values.of(node.getLocality().getRegion()))
                        .putFields("zone", Values.of(node.getLocality().getZone()))
                        .putFields("sub_zone", Values.of(node.getLocality().getSubZone()))
                        .build()))
            .putFields("metadata", Values.of(node.getMetadata()))
            .build());
  }
}
