package dev.skiffmesh.server.delivery.testing;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that speaks delta ADS as Envoy 1.40 was seen to, written by hand, and that can be told to
 * misbehave: to reject, to stop reading, to die and to come back.
 *
 * <p>Like Envoy it asks for clusters first, for the assignments of clusters while it handles them
 * (so before it accepts them; likewise it leaves those of removed ones), for listeners when the
 * clusters are answered, for routes and virtual hosts when something refers to them; sends its node
 * in the first message only; has one answer for each response; lists what it accepted when it
 * reconnects; ignores removals of assignments and routes. With {@link #manual} it asks for nothing
 * by itself. Thread-safe.
 */
public final class TestingDeltaProxy implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  /** A response as it came. */
  public record Received(
      ResourceKind kind,
      String nonce,
      List<String> names,
      List<String> aliases,
      List<String> removed,
      List<String> renewed) {

    /** For example {@code cluster +a -b ?c}; {@code ~a} for what is only renewed. */
    @Override
    public String toString() {
      StringBuilder row = new StringBuilder(kind.shortName());
      names.forEach(name -> row.append(" +").append(name));
      removed.forEach(name -> row.append(" -").append(name));
      aliases.forEach(name -> row.append(" ?").append(name));
      renewed.forEach(name -> row.append(" ~").append(name));
      return row.toString();
    }
  }

  private final ManagedChannel channel;
  private final Node node;
  private final boolean automatic;
  private final Map<ResourceKind, Map<String, Resource>> copies = new TreeMap<>();
  private final Map<ResourceKind, Set<String>> asked = new TreeMap<>();
  private final List<Received> received = new ArrayList<>();
  private Predicate<Resource> rejects = resource -> false;
  private boolean answering = true;
  private @Nullable Stream stream;

  private TestingDeltaProxy(int port, Node node, boolean automatic) {
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    this.node = node;
    this.automatic = automatic;
  }

  /** A proxy that behaves like Envoy; {@link #connect} starts it. */
  public static TestingDeltaProxy likeEnvoy(int port, String nodeId) {
    return likeEnvoy(port, nobody(nodeId));
  }

  /** The same with all that a bootstrap says of a proxy. */
  public static TestingDeltaProxy likeEnvoy(int port, Node node) {
    return new TestingDeltaProxy(port, node, true);
  }

  /** A proxy that asks only for what it is told to, and otherwise behaves like Envoy. */
  public static TestingDeltaProxy manual(int port, String nodeId) {
    return new TestingDeltaProxy(port, nobody(nodeId), false);
  }

  private static Node nobody(String nodeId) {
    return Node.newBuilder().setId(nodeId).setUserAgentName("envoy").build();
  }

  /** Opens a stream; asks again for all that was asked for, naming what it has. */
  public synchronized TestingDeltaProxy connect() {
    Stream opened = new Stream();
    stream = opened;
    opened.start();
    Map<ResourceKind, Set<String>> again = new TreeMap<>(asked);
    if (automatic) {
      again.putIfAbsent(ResourceKind.CLUSTER, new TreeSet<>());
      asked.putIfAbsent(ResourceKind.CLUSTER, new TreeSet<>());
    }
    again.forEach(
        (kind, names) -> {
          Map<String, String> versions = new TreeMap<>();
          copy(kind).forEach((name, resource) -> versions.put(name, resource.getVersion()));
          opened.request(
              DeltaDiscoveryRequest.newBuilder()
                  .setTypeUrl(kind.typeUrl())
                  .addAllResourceNamesSubscribe(names)
                  .putAllInitialResourceVersions(versions));
        });
    return this;
  }

  /** Breaks the stream as a crash would; what was accepted is kept. */
  public synchronized void die() {
    if (stream != null) {
      stream.call.cancel("the proxy dies", null);
      stream = null;
    }
  }

  /** Asks for names of a type; none is the wildcard of a first request. */
  public synchronized TestingDeltaProxy ask(ResourceKind kind, String... names) {
    asked.computeIfAbsent(kind, any -> new TreeSet<>()).addAll(List.of(names));
    request(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(kind.typeUrl())
            .addAllResourceNamesSubscribe(List.of(names)));
    return this;
  }

  /** No longer asks for names of a type. */
  public synchronized TestingDeltaProxy leave(ResourceKind kind, String... names) {
    asked.computeIfAbsent(kind, any -> new TreeSet<>()).removeAll(List.of(names));
    copy(kind).keySet().removeAll(List.of(names));
    request(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(kind.typeUrl())
            .addAllResourceNamesUnsubscribe(List.of(names)));
    return this;
  }

  /** Writes any request as it is. */
  public synchronized void request(DeltaDiscoveryRequest.Builder request) {
    if (stream != null) {
      stream.request(request);
    }
  }

  /** From now on rejects each response that carries such a resource. */
  public synchronized void rejectIf(Predicate<Resource> bad) {
    rejects = bad;
  }

  /** From now on leaves responses unanswered, or answers them again. */
  public synchronized void answering(boolean now) {
    answering = now;
  }

  /** From now on reads nothing from the connection, so that the transport fills up. */
  public synchronized void stopReading() {
    if (stream != null) {
      stream.reading = false;
    }
  }

  /** Reads again. */
  public synchronized void readOn() {
    if (stream != null && !stream.reading) {
      stream.reading = true;
      stream.call.request(1);
    }
  }

  /** All responses since the proxy was made, in order. */
  public synchronized List<String> received() {
    return received.stream().map(Received::toString).toList();
  }

  /** How many resources came since the proxy was made. */
  public synchronized int resourcesReceived() {
    return received.stream().mapToInt(response -> response.names().size()).sum();
  }

  /** Forgets which responses came. */
  public synchronized void forgetReceived() {
    received.clear();
  }

  /** Name to version of what it has accepted. */
  public synchronized Map<String, String> accepted(ResourceKind kind) {
    Map<String, String> versions = new TreeMap<>();
    copy(kind).forEach((name, resource) -> versions.put(name, resource.getVersion()));
    return versions;
  }

  /** Waits until it has accepted that version. */
  public void awaitAccepted(ResourceKind kind, String name, String version) {
    await(
        kind + " '" + name + "' at " + version,
        () -> {
          Resource copy = copy(kind).get(name);
          return copy != null && copy.getVersion().equals(version);
        });
  }

  /** Waits until such a response has come; see {@link Received#toString}. */
  public void awaitReceived(String row) {
    await("the response '" + row + "'", () -> received().contains(row));
  }

  /** Tells whether the stream was ended by the server. */
  public synchronized boolean ended() {
    return stream != null && stream.end != null;
  }

  /** Waits until the stream was ended by the server, and tells how. */
  public Status awaitEnd() {
    Stream current;
    synchronized (this) {
      current = stream;
    }
    await("the end of the stream", () -> current != null && current.end != null);
    return current.end;
  }

  /** Waits until {@code condition} holds; it is looked at after each response. */
  public synchronized void await(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      while (!condition.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("waited in vain for " + what + "; received " + received());
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + what, e);
    }
  }

  @Override
  public void close() {
    die();
    channel.shutdownNow();
  }

  private Map<String, Resource> copy(ResourceKind kind) {
    return copies.computeIfAbsent(kind, any -> new TreeMap<>());
  }

  private synchronized void handle(Stream from, DeltaDiscoveryResponse response) {
    if (from != stream) {
      return;
    }
    ResourceKind kind = ResourceKind.ofTypeUrl(response.getTypeUrl()).orElseThrow();
    received.add(
        new Received(
            kind,
            response.getNonce(),
            response.getResourcesList().stream()
                .filter(Resource::hasResource)
                .map(Resource::getName)
                .toList(),
            response.getResourcesList().stream()
                .filter(resource -> !resource.hasResource() && resource.getAliasesCount() > 0)
                .map(Resource::getName)
                .toList(),
            response.getRemovedResourcesList(),
            response.getResourcesList().stream()
                .filter(TestingDeltaProxy::isRenewal)
                .map(Resource::getName)
                .toList()));
    if (answering) {
      if (response.getResourcesList().stream()
          .anyMatch(
              resource ->
                  rejects.test(resource) || (isRenewal(resource) && !has(kind, resource)))) {
        answer(response, "rejected by the test");
      } else {
        accept(kind, response);
        answer(response, null);
        if (automatic && kind.equals(ResourceKind.CLUSTER)) {
          askFirst(ResourceKind.LISTENER, Set.of());
        }
      }
    }
    notifyAll();
  }

  private static boolean isRenewal(Resource resource) {
    return !resource.hasResource() && resource.getAliasesCount() == 0;
  }

  private boolean has(ResourceKind kind, Resource resource) {
    Resource copy = copy(kind).get(resource.getName());
    return copy != null && copy.getVersion().equals(resource.getVersion());
  }

  private void accept(ResourceKind kind, DeltaDiscoveryResponse response) {
    response.getResourcesList().stream()
        .filter(Resource::hasResource)
        .forEach(resource -> copy(kind).put(resource.getName(), resource));
    if (automatic && kind.equals(ResourceKind.CLUSTER)) {
      response.getRemovedResourcesList().forEach(this::leaveAssignment);
    }
    copy(kind).keySet().removeAll(response.getRemovedResourcesList());
    if (automatic) {
      response.getResourcesList().forEach(resource -> follow(kind, resource));
    }
  }

  private void answer(DeltaDiscoveryResponse response, @Nullable String error) {
    DeltaDiscoveryRequest.Builder answer =
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce());
    if (error != null) {
      // Envoy's code is always 13, whatever is wrong.
      answer.setErrorDetail(com.google.rpc.Status.newBuilder().setCode(13).setMessage(error));
    }
    request(answer);
  }

  /** A cluster takes its assignment's subscription with it, before the removal is answered. */
  private void leaveAssignment(String cluster) {
    Resource removed = copy(ResourceKind.CLUSTER).get(cluster);
    if (removed != null) {
      try {
        assignmentOf(removed).ifPresent(name -> leave(ResourceKind.ENDPOINT, name));
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("the control plane sent what does not parse", e);
      }
    }
  }

  private static Optional<String> assignmentOf(Resource resource)
      throws InvalidProtocolBufferException {
    Cluster cluster = resource.getResource().unpack(Cluster.class);
    String service = cluster.getEdsClusterConfig().getServiceName();
    return cluster.getType() == Cluster.DiscoveryType.EDS
        ? Optional.of(service.isEmpty() ? cluster.getName() : service)
        : Optional.empty();
  }

  /** Asks for what an accepted resource refers to. */
  private void follow(ResourceKind kind, Resource resource) {
    try {
      if (kind.equals(ResourceKind.CLUSTER)) {
        assignmentOf(resource).ifPresent(name -> askFirst(ResourceKind.ENDPOINT, Set.of(name)));
      } else if (kind.equals(ResourceKind.LISTENER)) {
        Listener listener = resource.getResource().unpack(Listener.class);
        HttpConnectionManager http =
            listener
                .getFilterChains(0)
                .getFilters(0)
                .getTypedConfig()
                .unpack(HttpConnectionManager.class);
        askFirst(ResourceKind.ROUTE, Set.of(http.getRds().getRouteConfigName()));
      } else if (kind.equals(ResourceKind.ROUTE)
          && resource.getResource().unpack(RouteConfiguration.class).hasVhds()) {
        askFirst(ResourceKind.VIRTUAL_HOST, Set.of());
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("the control plane sent what does not parse", e);
    }
  }

  private void askFirst(ResourceKind kind, Set<String> names) {
    Set<String> known = asked.get(kind);
    if (known == null || !known.containsAll(names)) {
      ask(kind, names.toArray(String[]::new));
    }
  }

  /** One call. */
  private final class Stream extends ClientCall.Listener<DeltaDiscoveryResponse> {

    private final ClientCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call =
        channel.newCall(
            AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(),
            CallOptions.DEFAULT);
    private boolean first = true;
    private boolean reading = true;
    private volatile @Nullable Status end;

    void start() {
      call.start(this, new Metadata());
      call.request(1);
    }

    void request(DeltaDiscoveryRequest.Builder request) {
      if (first) {
        request.setNode(node);
        first = false;
      }
      call.sendMessage(request.build());
    }

    @Override
    public void onMessage(DeltaDiscoveryResponse message) {
      handle(this, message);
      synchronized (TestingDeltaProxy.this) {
        if (reading) {
          call.request(1);
        }
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      synchronized (TestingDeltaProxy.this) {
        end = status;
        TestingDeltaProxy.this.notifyAll();
      }
    }
  }
}
