package dev.skiffmesh.e2e.comparison;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.DiscoveryServerCallbacks;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stock java-control-plane as its readme shows it: a {@link SimpleCache}, its server on ADS, all
 * defaults. Proxies are grouped by the cluster that their node names, since one group for many
 * proxies is what is cheap there. The version of each type is a hash of its content, so that only
 * what changed is pushed.
 */
final class StockServer implements DiscoveryServer {

  private static final Logger LOG = LoggerFactory.getLogger(StockServer.class);

  private final SimpleCache<String> cache = new SimpleCache<>(Node::getCluster);
  private final Server server;
  private volatile @Nullable String broken;

  StockServer() {
    V3DiscoveryServer discovery = new V3DiscoveryServer(new Breaker(), cache);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(discovery.getAggregatedDiscoveryServiceImpl())
            .build();
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException("loopback has no free port", e);
    }
  }

  @Override
  public int port() {
    return server.getPort();
  }

  @Override
  public void publish(TestingSnapshot snapshot) {
    try {
      cache.setSnapshot(ComparedServer.GROUP, translate(snapshot.build()));
    } catch (IllegalStateException e) {
      // What counts is what the other proxies get; that its caller is told helps none of them.
      LOG.atInfo().setCause(e).log("setSnapshot has thrown");
    }
  }

  @Override
  public void breakStreamOf(String nodeId) {
    broken = nodeId;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the server does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Snapshot translate(ProxySnapshot whole) {
    Collection<Resource> clusters = whole.resources().of(ResourceKind.CLUSTER).values();
    Collection<Resource> assignments = whole.assignments().values();
    Collection<Resource> listeners = whole.resources().of(ResourceKind.LISTENER).values();
    Collection<Resource> routes = whole.resources().of(ResourceKind.ROUTE).values();
    Collection<Resource> secrets = whole.resources().of(ResourceKind.SECRET).values();
    return Snapshot.create(
        unpack(clusters, Cluster.class),
        version(clusters),
        unpack(assignments, ClusterLoadAssignment.class),
        version(assignments),
        unpack(listeners, Listener.class),
        version(listeners),
        unpack(routes, RouteConfiguration.class),
        version(routes),
        unpack(secrets, Secret.class),
        version(secrets));
  }

  private static <T extends Message> List<T> unpack(Collection<Resource> resources, Class<T> type) {
    List<T> messages = new ArrayList<>();
    for (Resource resource : resources) {
      try {
        messages.add(Any.parseFrom(resource.any()).unpack(type));
      } catch (InvalidProtocolBufferException e) {
        throw new UncheckedIOException("the test's own resource does not parse", e);
      }
    }
    return messages;
  }

  private static String version(Collection<Resource> resources) {
    String content = resources.toString();
    return UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Throws where a user of java-control-plane may look on: when a response is about to be sent. */
  private final class Breaker implements DiscoveryServerCallbacks {

    @Override
    public void onV3StreamRequest(long streamId, DiscoveryRequest request) {}

    @Override
    public void onV3StreamDeltaRequest(long streamId, DeltaDiscoveryRequest request) {}

    @Override
    public void onV3StreamDeltaResponse(
        long streamId, DeltaDiscoveryRequest request, DeltaDiscoveryResponse response) {
      if (request.getNode().getId().equals(broken)) {
        throw new IllegalStateException("broken by the test");
      }
    }
  }
}
