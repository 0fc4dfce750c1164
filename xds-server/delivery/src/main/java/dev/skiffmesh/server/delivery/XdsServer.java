package dev.skiffmesh.server.delivery;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The gRPC port that proxies connect to. Thread-safe after {@link #start}. */
public final class XdsServer {

  /** Proxies may ping this often without being taken for a flood; Envoy's usual setting is 30 s. */
  private static final Duration LEAST_PING_INTERVAL = Duration.ofSeconds(5);

  /**
   * Streams that one connection may reset within {@link #RESETS_WITHIN_SECONDS}: opening and
   * resetting costs a peer nothing and us a stream each (CVE-2023-44487). An Envoy resets a stream
   * of a few when a listener goes.
   */
  private static final int MOST_RESETS = 200;

  private static final int RESETS_WITHIN_SECONDS = 10;

  /** How long an orderly end may take after the last stream was closed. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  /** A connection on which nobody has said that it speaks HTTP/2 ends then; Envoy does at once. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  private final StreamRegistry registry;
  private final EventLoopGroup acceptor = group("xds-accept", 1);
  private final EventLoopGroup workers = group("xds-connections", 0);
  private final Server server;

  /**
   * Prepares the port; nothing listens until {@link #start}.
   *
   * @param more what else is served there; must not block, since it is called on the event loop
   */
  public XdsServer(
      XdsServerSettings settings, StreamRegistry registry, List<ServerServiceDefinition> more) {
    this.registry = registry;
    Connections connections = registry.connections();
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()))
            .bossEventLoopGroup(acceptor)
            .workerEventLoopGroup(workers)
            .channelFactory(() -> new BoundedServerChannel(connections))
            .handshakeTimeout(HANDSHAKE.toNanos(), TimeUnit.NANOSECONDS)
            // A session only queues what comes, so it may be called on the event loop.
            .directExecutor()
            .addServices(registry.services())
            .addServices(more.stream().map(registry::guarded).toList())
            .keepAliveTime(settings.keepaliveTime().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(settings.keepaliveTimeout().toNanos(), TimeUnit.NANOSECONDS)
            .permitKeepAliveTime(LEAST_PING_INTERVAL.toNanos(), TimeUnit.NANOSECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConnectionAge(settings.connectionAge().toNanos(), TimeUnit.NANOSECONDS)
            .maxConnectionAgeGrace(settings.connectionAgeGrace().toNanos(), TimeUnit.NANOSECONDS)
            .maxInboundMessageSize(settings.mostMessageBytes())
            .maxRstFramesPerWindow(MOST_RESETS, RESETS_WITHIN_SECONDS)
            .maxConcurrentCallsPerConnection(settings.callsPerConnection())
            .build();
  }

  /** Netty's own number of threads where {@code threads} is 0: two for each processor. */
  private static EventLoopGroup group(String name, int threads) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
  }

  /**
   * Listens.
   *
   * @throws IOException if the address cannot be bound
   */
  public void start() throws IOException {
    server.start();
  }

  /** The port that is listened on; -1 before the start. */
  public int port() {
    return server.getPort();
  }

  /**
   * Lets nobody in any more, tells all connections to go elsewhere (GOAWAY), ends the streams
   * spread over {@code within}, so that they do not all reconnect at once, and returns when all is
   * closed. Blocks; an interrupt closes everything at once.
   */
  public void stop(Duration within) {
    try {
      end(within);
    } finally {
      var _ = acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      var _ = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private void end(Duration within) {
    registry.accepting(false);
    server.shutdown();
    List<StreamId> streams = registry.ids();
    try {
      long slice = within.toNanos() / Math.max(1, streams.size());
      for (StreamId stream : streams) {
        registry.close(stream, "the control plane is shutting down");
        if (server.awaitTermination(slice, TimeUnit.NANOSECONDS)) {
          return;
        }
      }
      // The last words to the proxies are on their way; a connection that stays open is cut.
      if (!server.awaitTermination(LAST_WORDS.toNanos(), TimeUnit.NANOSECONDS)) {
        server.shutdownNow();
        server.awaitTermination(LAST_WORDS.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
