package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All live streams of this process: lets them in, finds them for the control loop and for
 * operators. Thread-safe. The gate is closed until {@link #accepting} opens it.
 */
public final class StreamRegistry implements Delivery, DeliveryInspection {

  private final DeliveryListener listener;
  private final DeliveryMetrics metrics;
  private final DeliverySettings settings;
  private final Executor workers;
  private final InstantSource clock;
  private final ProtocolVariant<DeltaDiscoveryRequest> delta;
  private final ProtocolVariant<DiscoveryRequest> sotw;
  private final Farewells farewells = new Farewells();
  private final NavigableMap<StreamId, StreamSession<?>> live = new ConcurrentSkipListMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final LimitsReached limits;
  private final Door door;
  private volatile boolean accepting;

  /**
   * Makes a registry without streams.
   *
   * @param workers a small pool on which all streams run, each of them serially
   */
  public StreamRegistry(
      DeliveryRules rules,
      DeliveryListener listener,
      DeliveryMetrics metrics,
      DeliverySettings settings,
      Executor workers,
      InstantSource clock) {
    this.listener = listener;
    this.metrics = metrics;
    this.settings = settings;
    this.workers = workers;
    this.clock = clock;
    this.delta = ProtocolVariant.Delta.under(rules);
    this.sotw = ProtocolVariant.Sotw.under(rules);
    this.limits = new LimitsReached(System::nanoTime, this::after, listener::limited);
    this.door =
        new Door(
            new Newcomers(
                DeliverySettings.NEWCOMERS,
                DeliverySettings.NEWCOMERS_OF_HOST,
                settings.silence(),
                System::nanoTime,
                this::after),
            limits,
            metrics,
            settings);
  }

  /** The aggregated discovery service (ADS) and one service for each type. */
  public List<ServerServiceDefinition> services() {
    Places places = places();
    return DiscoveryService.all(this).stream().map(one -> door.guard(one, places)).toList();
  }

  /** Another service of the port, held to the same limits; its calls take places of their own. */
  ServerServiceDefinition guarded(ServerServiceDefinition service) {
    return door.guard(service, places());
  }

  /** What counts the connections of a port whose streams these are. */
  Connections connections() {
    return new Connections(FreeHandles::ofThisProcess, System::nanoTime, limits);
  }

  private Places places() {
    return new Places(settings.streams(), settings.newStreamsPerSecond(), System::nanoTime);
  }

  /** Runs a task on a worker a tick later. */
  void afterTick(Runnable task) {
    after(settings.tick(), task);
  }

  private void after(Duration wait, Runnable task) {
    CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS, workers).execute(task);
  }

  /**
   * Lets delta streams in.
   *
   * @param only the one type of its service; null for all
   */
  ServerCallHandler<DeltaDiscoveryRequest, StreamResponse> deltaHandler(
      ResponseMarshaller marshaller, @Nullable ResourceKind only) {
    return (call, headers) -> begin(call, delta, marshaller, only);
  }

  /** The same for state-of-the-world streams. */
  ServerCallHandler<DiscoveryRequest, StreamResponse> sotwHandler(
      ResponseMarshaller marshaller, @Nullable ResourceKind only) {
    return (call, headers) -> begin(call, sotw, marshaller, only);
  }

  private <Q> ServerCall.Listener<Q> begin(
      ServerCall<Q, StreamResponse> call,
      ProtocolVariant<Q> variant,
      ResponseMarshaller marshaller,
      @Nullable ResourceKind only) {
    if (!accepting) {
      metrics.refused(DeliveryMetrics.Refusal.NOT_READY);
      call.close(
          Status.UNAVAILABLE.withDescription("the control plane has nothing to serve yet"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    call.sendHeaders(new Metadata());
    call.request(1);
    return new StreamSession<>(
        new StreamId(lastId.incrementAndGet()),
        call,
        variant,
        marshaller,
        this,
        Door.peer(call),
        only);
  }

  @Override
  public void publish(
      StreamId stream, ProxySnapshot snapshot, @Nullable Set<String> changedAssignments) {
    StreamSession<?> session = live.get(stream);
    if (session != null) {
      session.publish(new StreamEvent.Published(snapshot, changedAssignments));
    }
  }

  @Override
  public void renew(StreamId stream) {
    StreamSession<?> session = live.get(stream);
    if (session != null) {
      session.renew();
    }
  }

  @Override
  public void close(StreamId stream, String reason) {
    StreamSession<?> session = live.get(stream);
    if (session != null) {
      session.close(Status.UNAVAILABLE.withDescription(reason), reason);
    }
  }

  @Override
  public void accepting(boolean open) {
    accepting = open;
  }

  @Override
  public List<StreamView> streams() {
    return live.values().stream().map(StreamSession::view).toList();
  }

  @Override
  public Optional<StreamView> stream(StreamId stream) {
    return Optional.ofNullable(live.get(stream)).map(StreamSession::view);
  }

  @Override
  public List<ConnectedNode> nodes() {
    return live.values().stream().map(StreamSession::connected).flatMap(Optional::stream).toList();
  }

  @Override
  public List<ResourceStanding> resources(StreamId stream) {
    StreamSession<?> session = live.get(stream);
    return session == null ? List.of() : session.report().resources();
  }

  @Override
  public Optional<StreamStanding> inspect(StreamId stream) {
    return Optional.ofNullable(live.get(stream)).map(StreamSession::report);
  }

  @Override
  public List<Finding> findings() {
    return limits.findings();
  }

  /** The live streams, the oldest first. */
  List<StreamId> ids() {
    return List.copyOf(live.keySet());
  }

  void opened(StreamSession<?> session) {
    live.put(session.id(), session);
    metrics.opened(session.incremental());
  }

  void ended(StreamSession<?> session, boolean wasOpened) {
    if (wasOpened) {
      live.remove(session.id());
      metrics.closed(session.incremental());
    }
  }

  DeliveryListener listener() {
    return listener;
  }

  DeliveryMetrics metrics() {
    return metrics;
  }

  Farewells farewells() {
    return farewells;
  }

  Executor workers() {
    return workers;
  }

  Instant now() {
    return clock.instant();
  }
}
