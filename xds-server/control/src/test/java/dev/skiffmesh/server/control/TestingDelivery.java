package dev.skiffmesh.server.control;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.skiffmesh.server.delivery.Delivery;
import dev.skiffmesh.server.delivery.DeliveryListener;
import dev.skiffmesh.server.delivery.ProxyAnswer;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamInspector;
import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An engine without a wire: proxies ask for everything that they are to have, and answer when a
 * test says so. Thread-safe.
 */
final class TestingDelivery implements Delivery, StreamInspector {

  /** What one stream was given. */
  record Published(ProxySnapshot snapshot, @Nullable Set<String> changedAssignments) {}

  private record Place(ResourceKind kind, String name) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byKind = kind.compareTo(other.kind);
      return byKind == 0 ? name.compareTo(other.name) : byKind;
    }
  }

  private static final class Stream {
    private final List<Published> published = new ArrayList<>();
    private final SortedMap<Place, String> accepted = new TreeMap<>();
    private final SortedMap<Place, StreamStanding.RejectedResource> rejected = new TreeMap<>();
    private final Set<String> ignored = new TreeSet<>();
    private int renewals;
  }

  private final SortedMap<StreamId, Stream> streams = new TreeMap<>();
  private final SortedMap<StreamId, String> closed = new TreeMap<>();
  private boolean open;
  private long lastStream;

  /** What may happen whenever something is published; does nothing unless a test says so. */
  volatile Runnable mishap = () -> {};

  /** What may happen whenever a report is made; does nothing unless a test says so. */
  volatile Runnable blind = () -> {};

  synchronized boolean isOpen() {
    return open;
  }

  /** Why the control loop has ended a stream, by stream. */
  synchronized Map<StreamId, String> closedStreams() {
    return new TreeMap<>(closed);
  }

  @Override
  public synchronized void renew(StreamId stream) {
    Stream known = streams.get(stream);
    if (known != null) {
      known.renewals++;
    }
  }

  /** How often what {@code stream} has of limited life was renewed. */
  synchronized int renewals(StreamId stream) {
    return streams.get(stream).renewals;
  }

  /** What {@code stream} was given so far. */
  synchronized List<Published> published(StreamId stream) {
    return List.copyOf(streams.get(stream).published);
  }

  synchronized ProxySnapshot newest(StreamId stream) {
    return published(stream).getLast().snapshot();
  }

  /**
   * A sidecar connects: of the service that its id {@code NAMESPACE/SERVICE/ADDRESS} names, else of
   * {@code order} in {@code trading}.
   */
  synchronized StreamId connect(DeliveryListener listener, String nodeId) {
    StreamId stream = new StreamId(++lastStream);
    connect(listener, nodeId, stream);
    return stream;
  }

  synchronized void connect(DeliveryListener listener, String nodeId, StreamId stream) {
    connect(listener, nodeId, stream, null);
  }

  /** The same on a stream of one type. */
  synchronized void connect(
      DeliveryListener listener, String nodeId, StreamId stream, @Nullable ResourceKind only) {
    connect(listener, nodeId, "", stream, only);
  }

  /** A sidecar of one version of {@code order} connects. */
  synchronized StreamId connect(DeliveryListener listener, String nodeId, String version) {
    StreamId stream = new StreamId(++lastStream);
    connect(listener, nodeId, version, stream, null);
    return stream;
  }

  /** A channel of a gRPC client connects. */
  synchronized StreamId connectGrpc(DeliveryListener listener, String nodeId) {
    StreamId stream = new StreamId(++lastStream);
    Node node = node(nodeId, "").setUserAgentName("gRPC Java").build();
    streams.put(stream, new Stream());
    listener.opened(stream, node, false, "peer-" + stream.number(), null);
    return stream;
  }

  private void connect(
      DeliveryListener listener,
      String nodeId,
      String version,
      StreamId stream,
      @Nullable ResourceKind only) {
    streams.put(stream, new Stream());
    Node.Builder node = node(nodeId, version);
    node.getUserAgentBuildVersionBuilder().getVersionBuilder().setMajorNumber(1).setMinorNumber(40);
    listener.opened(stream, node.build(), true, "peer-" + stream.number(), only);
  }

  private static Node.Builder node(String nodeId, String version) {
    Struct.Builder labels = Struct.newBuilder();
    if (!version.isEmpty()) {
      labels.putFields("version", text(version));
    }
    String[] parts = nodeId.split("/", -1);
    boolean named = parts.length == 3;
    Struct skiff =
        Struct.newBuilder()
            .putFields("labels", Value.newBuilder().setStructValue(labels).build())
            .putFields("v", Value.newBuilder().setNumberValue(1).build())
            .putFields("service", text(named ? parts[1] : "order"))
            .putFields("namespace", text(named ? parts[0] : "trading"))
            .build();
    return Node.newBuilder()
        .setId(nodeId)
        .setMetadata(
            Struct.newBuilder()
                .putFields("skiff", Value.newBuilder().setStructValue(skiff).build()));
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  synchronized void disconnect(DeliveryListener listener, StreamId stream) {
    streams.remove(stream);
    listener.closed(stream);
  }

  /** The proxy never asks for the resources of that name. */
  synchronized void ignore(StreamId stream, String name) {
    streams.get(stream).ignored.add(name);
  }

  /** The proxy accepts all that it was given and has not refused. */
  synchronized void ackAll(DeliveryListener listener, StreamId stream) {
    Stream state = streams.get(stream);
    SortedMap<ResourceKind, SortedMap<String, String>> answers = new TreeMap<>();
    wanted(state)
        .forEach(
            (place, resource) -> {
              StreamStanding.RejectedResource refused = state.rejected.get(place);
              boolean isRefused = refused != null && refused.version().equals(resource.version());
              if (!isRefused && !resource.version().equals(state.accepted.get(place))) {
                state.rejected.remove(place);
                state.accepted.put(place, resource.version());
                answers
                    .computeIfAbsent(place.kind(), _ -> new TreeMap<>())
                    .put(place.name(), resource.version());
              }
            });
    answers.forEach(
        (kind, versions) ->
            listener.answered(new ProxyAnswer(stream, kind, versions, new TreeSet<>(), null)));
  }

  /** The proxy refuses one resource in the version that it was given. */
  synchronized void nack(
      DeliveryListener listener, StreamId stream, ResourceKind kind, String name, String error) {
    Stream state = streams.get(stream);
    Resource resource = wanted(state).get(new Place(kind, name));
    state.rejected.put(
        new Place(kind, name),
        new StreamStanding.RejectedResource(kind, name, resource.version(), error));
    listener.answered(
        new ProxyAnswer(
            stream, kind, new TreeMap<>(Map.of(name, resource.version())), new TreeSet<>(), error));
  }

  private static SortedMap<Place, Resource> wanted(Stream stream) {
    SortedMap<Place, Resource> wanted = new TreeMap<>();
    if (!stream.published.isEmpty()) {
      ProxySnapshot snapshot = stream.published.getLast().snapshot();
      snapshot
          .resources()
          .byKind()
          .forEach(
              (kind, resources) ->
                  resources.forEach(
                      (name, resource) -> wanted.put(new Place(kind, name), resource)));
      for (String name : snapshot.resources().assignmentNames()) {
        snapshot
            .get(ResourceKind.ENDPOINT, name)
            .ifPresent(resource -> wanted.put(new Place(ResourceKind.ENDPOINT, name), resource));
      }
      wanted.keySet().removeIf(place -> stream.ignored.contains(place.name()));
    }
    return wanted;
  }

  @Override
  public synchronized void publish(
      StreamId stream, ProxySnapshot snapshot, @Nullable Set<String> changedAssignments) {
    mishap.run();
    Stream state = streams.get(stream);
    if (state != null) {
      state.published.add(new Published(snapshot, changedAssignments));
    }
  }

  @Override
  public synchronized void close(StreamId stream, String reason) {
    closed.put(stream, reason);
    streams.remove(stream);
  }

  @Override
  public synchronized void accepting(boolean now) {
    if (now) {
      mishap.run();
    }
    open = now;
  }

  @Override
  public synchronized Optional<StreamStanding> inspect(StreamId stream) {
    blind.run();
    return Optional.ofNullable(streams.get(stream)).map(StandingOfStream::of);
  }

  private record StandingOfStream(
      SortedMap<Place, Resource> wanted,
      SortedMap<Place, String> accepted,
      SortedMap<Place, StreamStanding.RejectedResource> rejected)
      implements StreamStanding {

    static StreamStanding of(Stream stream) {
      return new StandingOfStream(
          TestingDelivery.wanted(stream),
          new TreeMap<>(stream.accepted),
          new TreeMap<>(stream.rejected));
    }

    @Override
    public Standing standing(ResourceKind kind, String name, String version) {
      Place place = new Place(kind, name);
      if (!wanted.containsKey(place)) {
        return Standing.NOT_ASKED;
      }
      if (version.equals(accepted.get(place))) {
        return Standing.ACKED;
      }
      StreamStanding.RejectedResource refused = rejected.get(place);
      return refused != null && refused.version().equals(version)
          ? Standing.REJECTED
          : Standing.PENDING;
    }

    @Override
    public List<RejectedResource> rejections() {
      return List.copyOf(rejected.values());
    }

    @Override
    public List<TypeCounts> types() {
      return List.of();
    }

    @Override
    public boolean standsAs(StreamStanding earlier) {
      return equals(earlier);
    }

    @Override
    public boolean inSync() {
      return wanted.entrySet().stream()
          .allMatch(entry -> entry.getValue().version().equals(accepted.get(entry.getKey())));
    }
  }
}
