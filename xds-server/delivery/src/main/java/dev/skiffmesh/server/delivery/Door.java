package dev.skiffmesh.server.delivery;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every call of the port goes through, whatever its service: it must say something soon, what
 * it says must be a message, and there must be a place for it. A call that is turned away costs
 * none of the places that others need. Thread-safe.
 */
final class Door {

  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private final Newcomers newcomers;
  private final LimitsReached limits;
  private final DeliveryMetrics metrics;
  private final long patienceSeconds;

  Door(
      Newcomers newcomers,
      LimitsReached limits,
      DeliveryMetrics metrics,
      DeliverySettings settings) {
    this.newcomers = newcomers;
    this.limits = limits;
    this.metrics = metrics;
    this.patienceSeconds = Math.max(1, settings.silence().toSeconds());
  }

  /** {@code service} behind this door. */
  ServerServiceDefinition guard(ServerServiceDefinition service, Places places) {
    String name = service.getServiceDescriptor().getName();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(name)
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> guarded = guard(method, places);
      descriptor.addMethod(guarded.getMethodDescriptor());
      methods.add(guarded);
    }
    ServerServiceDefinition.Builder definition =
        ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(definition::addMethod);
    return definition.build();
  }

  private <Q, A> ServerMethodDefinition<Received<Q>, A> guard(
      ServerMethodDefinition<Q, A> method, Places places) {
    MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
    ServerCallHandler<Q, A> handler = method.getServerCallHandler();
    return ServerMethodDefinition.create(
        plain.toBuilder(Received.by(plain.getRequestMarshaller()), plain.getResponseMarshaller())
            .build(),
        (call, headers) -> {
          GuardedCall<Q, A> guarded = new GuardedCall<>(call, plain);
          Visit<Q, A> visit = new Visit<>(guarded, places);
          return visit.begin(handler.startCall(guarded, headers));
        });
  }

  /** The remote address with its port, for messages; empty if there is none. */
  static String peer(ServerCall<?, ?> call) {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return address == null ? "" : address.toString().replaceFirst("^/", "");
  }

  private String words(DeliveryMetrics.Refusal refusal, Places places) {
    return switch (refusal) {
      case NOT_READY -> "the control plane has nothing to serve yet";
      case TOO_MANY_STREAMS -> places.most() + " streams are open, which is the limit";
      case TOO_FAST ->
          "more than "
              + places.mostPerSecond()
              + " streams have begun within a second, or half of them from one address";
      case SILENT ->
          "a stream must say who it is within " + patienceSeconds + " s, and said nothing";
      case CROWDED_OUT -> "too many streams that have said nothing are open; the oldest is ended";
      case MALFORMED -> "what was sent is no message of this method";
    };
  }

  private static Status status(DeliveryMetrics.Refusal refusal) {
    return switch (refusal) {
      case NOT_READY, TOO_MANY_STREAMS, TOO_FAST -> Status.UNAVAILABLE;
      case SILENT -> Status.DEADLINE_EXCEEDED;
      case CROWDED_OUT -> Status.RESOURCE_EXHAUSTED;
      case MALFORMED -> Status.INVALID_ARGUMENT;
    };
  }

  /** One call. What gRPC tells it comes one after the other; it may be sent away at any time. */
  private final class Visit<Q, A> extends ServerCall.Listener<Received<Q>> {

    private final GuardedCall<Q, A> call;
    private final Places places;
    private final String host;
    private final boolean local;
    private final AtomicBoolean over = new AtomicBoolean();
    private ServerCall.@Nullable Listener<Q> inner;
    private Newcomers.@Nullable Newcomer newcomer;
    private boolean seated;

    Visit(GuardedCall<Q, A> call, Places places) {
      this.call = call;
      this.places = places;
      SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      boolean internet = address instanceof InetSocketAddress found && found.getAddress() != null;
      this.host =
          internet
              ? ((InetSocketAddress) address).getAddress().getHostAddress()
              : String.valueOf(address);
      this.local = internet && ((InetSocketAddress) address).getAddress().isLoopbackAddress();
    }

    ServerCall.Listener<Received<Q>> begin(ServerCall.Listener<Q> service) {
      inner = service;
      newcomer = newcomers.arrive(host, this::sentAway);
      return this;
    }

    @Override
    public void onMessage(Received<Q> received) {
      if (!isSeated() || over.get()) {
        return;
      }
      Q message = received.message();
      if (message == null) {
        sentAway(DeliveryMetrics.Refusal.MALFORMED);
      } else if (inner != null) {
        inner.onMessage(message);
      }
    }

    private boolean isSeated() {
      if (!seated && newcomer != null && newcomers.leave(newcomer)) {
        newcomer = null;
        DeliveryMetrics.Refusal refusal = places.enter(host, local);
        seated = refusal == null;
        if (refusal != null) {
          sentAway(refusal);
        }
      }
      return seated;
    }

    private void sentAway(DeliveryMetrics.Refusal refusal) {
      String words = words(refusal, places);
      metrics.refused(refusal);
      if (refusal != DeliveryMetrics.Refusal.MALFORMED) {
        limits.reached(
            "Streams",
            String.valueOf(call.getMethodDescriptor().getServiceName()),
            refusal.name(),
            host,
            words);
      }
      LOG.atWarn()
          .addKeyValue("peer", host)
          .addKeyValue("method", call.getMethodDescriptor().getFullMethodName())
          .addKeyValue("reason", words)
          .log("A call was turned away");
      call.close(status(refusal).withDescription(words), new Metadata());
      ServerCall.Listener<Q> service = inner;
      if (service != null && !over.getAndSet(true)) {
        service.onCancel();
      }
    }

    @Override
    public void onHalfClose() {
      if (newcomer != null && !newcomers.leave(newcomer)) {
        return;
      }
      newcomer = null;
      if (inner != null && !over.get()) {
        inner.onHalfClose();
      }
    }

    @Override
    public void onReady() {
      if (inner != null && !over.get()) {
        inner.onReady();
      }
    }

    @Override
    public void onCancel() {
      if (gone() && inner != null) {
        inner.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (gone() && inner != null) {
        inner.onComplete();
      }
    }

    /** gRPC says so once for each call; true if the service has not been told yet. */
    private boolean gone() {
      if (newcomer != null) {
        newcomers.leave(newcomer);
        newcomer = null;
      }
      if (seated) {
        seated = false;
        places.leave();
      }
      return !over.getAndSet(true);
    }
  }
}
