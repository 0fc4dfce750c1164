package dev.skiffmesh.server.csds;

import dev.skiffmesh.server.delivery.DeliveryInspection;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusResponse;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client status discovery service (CSDS) in both of its forms. Thread-safe.
 *
 * <p>An answer takes time and memory by the size of the mesh, so one is made at a time, on a thread
 * of its own that no stream of a proxy waits for, and the next request of a call is read when the
 * answer to the last one has gone.
 */
public final class ClientStatusService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClientStatusService.class);

  /** One answer: contents of a hundred proxies that see a thousand services each. */
  private static final long MOST_BYTES = 64L << 20;

  private static final int MOST_WAITING = 32;

  private final ClientStatusAccess access;
  private final ClientStatus status;
  private final ThreadPoolExecutor worker =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          Thread.ofPlatform().name("skiff-csds").daemon().factory());

  /** Reads from {@code streams} for whom {@code access} lets in. */
  public ClientStatusService(DeliveryInspection streams, ClientStatusAccess access) {
    this(streams, access, MOST_BYTES);
  }

  ClientStatusService(DeliveryInspection streams, ClientStatusAccess access, long mostBytes) {
    this.access = access;
    this.status = new ClientStatus(streams, mostBytes);
  }

  /** What is to be served; nothing if nobody may read it. */
  public List<ServerServiceDefinition> services() {
    return switch (access) {
      case OFF -> List.of();
      case LOOPBACK ->
          List.of(ServerInterceptors.intercept(new Calls().bindService(), new LoopbackOnly()));
      case EVERYONE -> List.of(new Calls().bindService());
    };
  }

  /** Ends the thread; calls that wait are not answered. */
  @Override
  public void close() {
    worker.shutdownNow();
  }

  private final class Calls
      extends ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceImplBase {

    @Override
    public void fetchClientStatus(
        ClientStatusRequest request, StreamObserver<ClientStatusResponse> responses) {
      Call call = new Call((ServerCallStreamObserver<ClientStatusResponse>) responses);
      call.onNext(request);
      call.onCompleted();
    }

    @Override
    public StreamObserver<ClientStatusRequest> streamClientStatus(
        StreamObserver<ClientStatusResponse> responses) {
      ServerCallStreamObserver<ClientStatusResponse> observer =
          (ServerCallStreamObserver<ClientStatusResponse>) responses;
      Call call = new Call(observer);
      observer.disableAutoRequest();
      observer.setOnReadyHandler(call::more);
      observer.request(1);
      return call;
    }
  }

  /** One call. Its answers are written by the worker alone. */
  private final class Call implements StreamObserver<ClientStatusRequest> {

    private final ServerCallStreamObserver<ClientStatusResponse> responses;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();

    Call(ServerCallStreamObserver<ClientStatusResponse> responses) {
      this.responses = responses;
      // With a handler, writing to a call that is gone is no error.
      responses.setOnCancelHandler(() -> over.set(true));
    }

    @Override
    public void onNext(ClientStatusRequest request) {
      run(() -> answer(request));
    }

    private void answer(ClientStatusRequest request) {
      try {
        responses.onNext(status.answer(request));
        answered.set(true);
        more();
      } catch (IllegalArgumentException e) {
        end(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
      } catch (ClientStatus.TooLargeException e) {
        end(Status.RESOURCE_EXHAUSTED.withDescription(e.getMessage()));
      }
    }

    /** Reads on when the last answer has gone: a caller that does not read is not read from. */
    private void more() {
      if (responses.isReady() && answered.getAndSet(false)) {
        responses.request(1);
      }
    }

    @Override
    public void onError(Throwable gone) {
      over.set(true);
    }

    @Override
    public void onCompleted() {
      run(
          () -> {
            over.set(true);
            responses.onCompleted();
          });
    }

    private void end(Status why) {
      over.set(true);
      responses.onError(why.asRuntimeException());
    }

    private void run(Runnable task) {
      try {
        worker.execute(() -> guarded(task));
      } catch (RejectedExecutionException full) {
        if (!over.getAndSet(true)) {
          responses.onError(
              Status.RESOURCE_EXHAUSTED
                  .withDescription(MOST_WAITING + " requests for client status wait already")
                  .asRuntimeException());
        }
      }
    }

    private void guarded(Runnable task) {
      if (over.get()) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).log("Client status could not be told; this is a bug in Skiff");
        end(Status.INTERNAL.withDescription("the control plane failed on this call"));
      }
    }
  }
}
