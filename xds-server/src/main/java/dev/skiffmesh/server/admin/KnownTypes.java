package dev.skiffmesh.server.admin;

import com.google.protobuf.TypeRegistry;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;

/** The types that Skiff's resources are made of, for printing what is packed in them. */
final class KnownTypes {

  /** All of them. */
  static final TypeRegistry REGISTRY =
      TypeRegistry.newBuilder()
          .add(Cluster.getDescriptor())
          .add(ClusterLoadAssignment.getDescriptor())
          .add(Listener.getDescriptor())
          .add(RouteConfiguration.getDescriptor())
          .add(VirtualHost.getDescriptor())
          .add(Runtime.getDescriptor())
          .add(HttpConnectionManager.getDescriptor())
          .add(Router.getDescriptor())
          .add(HeaderMutation.getDescriptor())
          .add(
              io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3
                  .HeaderMutation.getDescriptor())
          .add(TcpProxy.getDescriptor())
          .add(PreserveCaseFormatterConfig.getDescriptor())
          .add(PreviousHostsPredicate.getDescriptor())
          .add(HttpProtocolOptions.getDescriptor())
          .build();

  private KnownTypes() {}
}
