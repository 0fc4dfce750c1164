package dev.skiffmesh.server.delivery.testing;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A bare call of any method: writes what it is told, keeps what comes and answers nothing by
 * itself. Thread-safe.
 *
 * @param <Q> what is written
 * @param <A> what comes
 */
public final class TestingCall<Q, A> implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  private final ClientCall<Q, A> call;
  private final BlockingQueue<A> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();

  /** Begins it. */
  public TestingCall(Channel channel, MethodDescriptor<Q, A> method) {
    call = channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<A>() {
          @Override
          public void onMessage(A message) {
            received.add(message);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(1);
  }

  /** Writes a message. */
  public void write(Q message) {
    call.sendMessage(message);
  }

  /** The next message that came; waits for it. */
  public A read() {
    try {
      A message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("waited in vain for a message; the call's end: " + end);
      }
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for a message", e);
    }
  }

  /** How the server ended the call; waits for it. */
  public Status end() {
    try {
      return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("waited in vain for the end of the call", e);
    }
  }

  /** Cancels it, if it has not ended. */
  @Override
  public void close() {
    call.cancel("the test is over", null);
  }
}
