package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.endpoint.v3.EndpointDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.extension.v3.ExtensionConfigDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.listener.v3.ListenerDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.RouteDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.VirtualHostDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.runtime.v3.RuntimeDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC service by which resources are asked for (xds_protocol, "Variants of the xDS Transport
 * Protocol"): the aggregated one, or that of one type. All run on the same engine, which keeps no
 * order between two streams. What Skiff's own translation refers to, it refers to by ADS: a proxy
 * without ADS takes from it what refers to nothing, such as endpoints for clusters of its own.
 *
 * @param only its one type; null for the aggregated service
 * @param delta its incremental method
 * @param sotw its state-of-the-world method; null if it has none
 */
record DiscoveryService(
    @Nullable ResourceKind only,
    MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> delta,
    @Nullable MethodDescriptor<DiscoveryRequest, DiscoveryResponse> sotw) {

  private static final List<DiscoveryService> ALL =
      List.of(
          new DiscoveryService(
              null,
              AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(),
              AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod()),
          new DiscoveryService(
              ResourceKind.RUNTIME,
              RuntimeDiscoveryServiceGrpc.getDeltaRuntimeMethod(),
              RuntimeDiscoveryServiceGrpc.getStreamRuntimeMethod()),
          new DiscoveryService(
              ResourceKind.SECRET,
              SecretDiscoveryServiceGrpc.getDeltaSecretsMethod(),
              SecretDiscoveryServiceGrpc.getStreamSecretsMethod()),
          new DiscoveryService(
              ResourceKind.CLUSTER,
              ClusterDiscoveryServiceGrpc.getDeltaClustersMethod(),
              ClusterDiscoveryServiceGrpc.getStreamClustersMethod()),
          new DiscoveryService(
              ResourceKind.ENDPOINT,
              EndpointDiscoveryServiceGrpc.getDeltaEndpointsMethod(),
              EndpointDiscoveryServiceGrpc.getStreamEndpointsMethod()),
          new DiscoveryService(
              ResourceKind.LISTENER,
              ListenerDiscoveryServiceGrpc.getDeltaListenersMethod(),
              ListenerDiscoveryServiceGrpc.getStreamListenersMethod()),
          new DiscoveryService(
              ResourceKind.EXTENSION,
              ExtensionConfigDiscoveryServiceGrpc.getDeltaExtensionConfigsMethod(),
              ExtensionConfigDiscoveryServiceGrpc.getStreamExtensionConfigsMethod()),
          new DiscoveryService(
              ResourceKind.ROUTE,
              RouteDiscoveryServiceGrpc.getDeltaRoutesMethod(),
              RouteDiscoveryServiceGrpc.getStreamRoutesMethod()),
          new DiscoveryService(
              ResourceKind.VIRTUAL_HOST,
              VirtualHostDiscoveryServiceGrpc.getDeltaVirtualHostsMethod(),
              null));

  /** All of them. */
  static List<DiscoveryService> all() {
    return ALL;
  }

  /** All of them, for streams of {@code registry}. */
  static List<ServerServiceDefinition> all(StreamRegistry registry) {
    ResponseMarshaller ofDelta = new ResponseMarshaller(true, ReplicaName.OF_THIS_START);
    ResponseMarshaller ofSotw = new ResponseMarshaller(false, ReplicaName.OF_THIS_START);
    return ALL.stream().map(one -> one.definition(registry, ofDelta, ofSotw)).toList();
  }

  private ServerServiceDefinition definition(
      StreamRegistry registry, ResponseMarshaller ofDelta, ResponseMarshaller ofSotw) {
    ServiceDescriptor.Builder service =
        ServiceDescriptor.newBuilder(String.valueOf(delta.getServiceName()));
    var incremental = written(delta, ofDelta);
    service.addMethod(incremental);
    if (sotw == null) {
      return ServerServiceDefinition.builder(service.build())
          .addMethod(incremental, registry.deltaHandler(ofDelta, only))
          .build();
    }
    var whole = written(sotw, ofSotw);
    return ServerServiceDefinition.builder(service.addMethod(whole).build())
        .addMethod(incremental, registry.deltaHandler(ofDelta, only))
        .addMethod(whole, registry.sotwHandler(ofSotw, only))
        .build();
  }

  /** The same method with our own way of writing its responses. */
  private static <Q, A> MethodDescriptor<Q, StreamResponse> written(
      MethodDescriptor<Q, A> generated, ResponseMarshaller marshaller) {
    return generated.toBuilder(generated.getRequestMarshaller(), marshaller).build();
  }
}
