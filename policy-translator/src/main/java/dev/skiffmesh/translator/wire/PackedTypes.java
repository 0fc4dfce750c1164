package dev.skiffmesh.translator.wire;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.on_demand.v3.OnDemand;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The messages that Skiff's resources are made of and that travel in an {@link Any}: what checks,
 * prints or compares a resource can look into all of it. A new one is one line here.
 */
public final class PackedTypes {

  private static final List<Message> ALL =
      List.of(
          Runtime.getDefaultInstance(),
          Secret.getDefaultInstance(),
          Cluster.getDefaultInstance(),
          ClusterLoadAssignment.getDefaultInstance(),
          Listener.getDefaultInstance(),
          TypedExtensionConfig.getDefaultInstance(),
          RouteConfiguration.getDefaultInstance(),
          VirtualHost.getDefaultInstance(),
          HttpConnectionManager.getDefaultInstance(),
          TcpProxy.getDefaultInstance(),
          Router.getDefaultInstance(),
          OnDemand.getDefaultInstance(),
          HeaderMutation.getDefaultInstance(),
          io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3
              .HeaderMutation.getDefaultInstance(),
          HttpProtocolOptions.getDefaultInstance(),
          PreserveCaseFormatterConfig.getDefaultInstance(),
          PreviousHostsPredicate.getDefaultInstance());

  private static final Map<String, Message> BY_URL =
      ALL.stream()
          .collect(
              Collectors.toUnmodifiableMap(
                  message -> Any.pack(message).getTypeUrl(), Function.identity()));

  /** All of them, for protobuf's JSON form. */
  public static final TypeRegistry REGISTRY =
      TypeRegistry.newBuilder()
          .add(ALL.stream().map(Message::getDescriptorForType).toList())
          .build();

  private PackedTypes() {}

  /**
   * Packs one of them.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  public static Any pack(Message message) {
    Any packed = Any.pack(message);
    if (!BY_URL.containsKey(packed.getTypeUrl())) {
      throw new IllegalArgumentException(packed.getTypeUrl() + " must be listed here");
    }
    return packed;
  }

  /** The empty message of that type; none for a type that Skiff does not use. */
  public static Optional<Message> ofUrl(String typeUrl) {
    return Optional.ofNullable(BY_URL.get(typeUrl));
  }
}
