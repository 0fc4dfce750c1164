package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a proxy: hands what comes from gRPC and from the control loop to the state machine,
 * one after the other, and writes what the machine decides as long as the transport takes it.
 *
 * <p>Memory for a proxy that does not read is bounded: one request at a time is taken from gRPC, at
 * most one unanswered response of a type is written, and of what is published while it waits only
 * the newest is kept. Whatever goes wrong here ends this stream and no other.
 */
final class StreamSession<Q> extends ServerCall.Listener<Q> {

  private static final Logger log = LoggerFactory.getLogger(StreamSession.class);

  /** Characters of a peer's word that are said back to it. */
  private static final int MOST_QUOTED = 200;

  private final StreamId id;
  private final ServerCall<Q, StreamResponse> call;
  private final ProtocolVariant<Q> variant;
  private final ResponseMarshaller marshaller;
  private final StreamRegistry registry;
  private final String peer;
  private final @Nullable ResourceKind only;
  private final Instant began;
  private final Executor serial;
  private final NoticeBoard notices;
  private final AtomicReference<StreamEvent.@Nullable Published> newest = new AtomicReference<>();

  private volatile StreamState state;
  private volatile StreamMachine machine;

  /** Whether something that was published is on its way into the state. */
  private volatile boolean taking;

  private volatile @Nullable Node node;
  private volatile @Nullable StreamReport reported;
  private boolean over;
  private boolean ticking;

  StreamSession(
      StreamId id,
      ServerCall<Q, StreamResponse> call,
      ProtocolVariant<Q> variant,
      ResponseMarshaller marshaller,
      StreamRegistry registry,
      String peer,
      @Nullable ResourceKind only) {
    this.id = id;
    this.call = call;
    this.variant = variant;
    this.marshaller = marshaller;
    this.registry = registry;
    this.peer = peer;
    this.only = only;
    this.began = registry.now();
    this.serial = new SerialExecutor(registry.workers());
    this.notices = new NoticeBoard(id, registry.metrics(), registry.listener());
    this.state = StreamState.begin(id, only, Farewell.NONE);
    this.machine = variant.machine(Node.getDefaultInstance());
  }

  StreamId id() {
    return id;
  }

  boolean incremental() {
    return variant.incremental();
  }

  /** A copy of the moment, for operators; from any thread. */
  StreamView view() {
    StreamState now = state;
    Node who = node;
    return new StreamView(
        id,
        who == null ? "" : who.getId(),
        peer,
        incremental(),
        began,
        now.published(),
        report().kinds());
  }

  /** Who it is; empty before the first message. */
  Optional<ConnectedNode> connected() {
    Node who = node;
    return who == null ? Optional.empty() : Optional.of(new ConnectedNode(id, who));
  }

  StreamReport report() {
    // In this order: what is taken between the two is in the state.
    boolean behind = newest.get() != null || taking;
    StreamState now = state;
    StreamReport last = reported;
    if (last == null || !last.isOf(now, behind)) {
      last = new StreamReport(now, machine.rules, behind);
      reported = last;
    }
    return last;
  }

  @Override
  public void onMessage(Q request) {
    run(
        () -> {
          requested(request);
          // Only now the next one: requests do not pile up.
          call.request(1);
        });
  }

  @Override
  public void onReady() {
    run(this::pump);
  }

  @Override
  public void onHalfClose() {
    run(() -> end(Status.OK, "the proxy has ended the stream"));
  }

  @Override
  public void onCancel() {
    serial.execute(() -> ended("the connection is gone"));
  }

  @Override
  public void onComplete() {
    serial.execute(() -> ended("the stream is complete"));
  }

  /** From any thread; an older snapshot that was not yet taken is replaced. */
  void publish(StreamEvent.Published published) {
    StreamEvent.Published before = newest.getAndUpdate(older -> merged(older, published));
    if (before == null) {
      run(this::takeNewest);
    }
  }

  /** From any thread. */
  void renew() {
    run(
        () -> {
          step(new StreamEvent.Renew());
          pump();
        });
  }

  private static StreamEvent.Published merged(
      StreamEvent.@Nullable Published older, StreamEvent.Published newer) {
    if (older == null || newer.changedAssignments() == null) {
      return newer;
    }
    if (older.changedAssignments() == null) {
      return new StreamEvent.Published(newer.snapshot(), null);
    }
    // A persistent set: a stream that falls behind gathers hundreds of names, one at a time.
    TreePSet<String> changed =
        older.changedAssignments() instanceof TreePSet<String> gathered
            ? gathered
            : TreePSet.from(older.changedAssignments());
    return new StreamEvent.Published(newer.snapshot(), changed.plusAll(newer.changedAssignments()));
  }

  /** From any thread. */
  void close(Status status, String reason) {
    run(() -> end(status, reason));
  }

  private void run(Runnable task) {
    serial.execute(
        () -> {
          if (over) {
            return;
          }
          try {
            task.run();
          } catch (RuntimeException e) {
            log.atError()
                .addKeyValue("stream", id.number())
                .addKeyValue("peer", peer)
                .setCause(e)
                .log("A stream failed and is ended; this is a bug in Skiff");
            end(Status.INTERNAL.withDescription("the control plane failed on this stream"), "bug");
          }
        });
  }

  private void requested(Q request) {
    String typeUrl = variant.typeUrl(request);
    if (only != null && !typeUrl.isEmpty() && !typeUrl.equals(only.typeUrl())) {
      String must =
          "`type_url` must be '"
              + only.typeUrl()
              + "' or empty, found '"
              + Bounds.cut(typeUrl, MOST_QUOTED)
              + "'";
      end(Status.INVALID_ARGUMENT.withDescription(must), must);
      return;
    }
    if (node == null) {
      Node who = variant.node(request);
      String flaw = Bounds.flaw(who);
      if (flaw != null) {
        end(Status.INVALID_ARGUMENT.withDescription(flaw), flaw);
        return;
      }
      open(Bounds.node(who));
    }
    ResourceKind kind = only == null ? ResourceKind.ofTypeUrl(typeUrl).orElse(null) : only;
    if (kind == null || !variant.serves(kind)) {
      registry.metrics().ignored(DeliveryMetrics.Ignored.UNKNOWN_TYPE);
      return;
    }
    step(variant.event(request, kind, registry.now()));
    pump();
  }

  private void open(Node who) {
    node = who;
    machine = variant.machine(who);
    state = StreamState.begin(id, only, registry.farewells().of(who.getId()));
    registry.opened(this);
    log.atInfo()
        .addKeyValue("proxy", who.getId())
        .addKeyValue("dialect", NodeReader.read(who, incremental()).identity().dialect())
        .addKeyValue("peer", peer)
        .addKeyValue("stream", id.number())
        .addKeyValue("type", only == null ? "all" : only.shortName())
        .log("A proxy has connected");
    registry.listener().opened(id, who, incremental(), peer, only);
  }

  private void takeNewest() {
    taking = true;
    StreamEvent.Published published = newest.getAndSet(null);
    if (published != null) {
      step(published);
    }
    taking = false;
    if (published != null) {
      pump();
    }
  }

  private void step(StreamEvent event) {
    Step step = machine.step(state, event);
    state = step.state();
    step.notices().forEach(notice -> notices.tell(notice, node));
  }

  /** Writes as long as there is something to write and the transport takes it. */
  private void pump() {
    write();
    if (!ticking && !over && state.isWaiting()) {
      ticking = true;
      registry.afterTick(() -> run(this::tick));
    }
  }

  private void tick() {
    ticking = false;
    step(new StreamEvent.Tick());
    pump();
  }

  private void write() {
    while (!over && call.isReady()) {
      Step step = machine.step(state, new StreamEvent.Writable());
      state = step.state();
      if (step.responses().isEmpty()) {
        return;
      }
      for (StreamResponse response : step.responses()) {
        count(response);
        call.sendMessage(response);
      }
    }
  }

  private void count(StreamResponse response) {
    if (response.renewal()) {
      registry.metrics().renewed(response.kind());
      return;
    }
    registry
        .metrics()
        .responded(
            response.kind(),
            response.resources().size() + response.aliases().size(),
            response.removed().size(),
            marshaller.size(response));
  }

  private void end(Status status, String reason) {
    if (!over) {
      call.close(status, new Metadata());
      ended(reason);
    }
  }

  private void ended(String reason) {
    if (over) {
      return;
    }
    over = true;
    Node who = node;
    StreamState last = state;
    registry.ended(this, who != null);
    if (who != null) {
      registry.farewells().keep(who.getId(), StreamReport.farewell(last));
      log.atInfo()
          .addKeyValue("proxy", who.getId())
          .addKeyValue("peer", peer)
          .addKeyValue("stream", id.number())
          .addKeyValue("reason", reason)
          .log("A proxy has disconnected");
      registry.listener().closed(id);
    }
  }
}
