package dev.skiffmesh.server.delivery.testing;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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
  private final ArrayDeque<A> received = new ArrayDeque<>();
  private @Nullable Status end;

  /** Begins it. */
  public TestingCall(Channel channel, MethodDescriptor<Q, A> method) {
    call = channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<A>() {
          @Override
          public void onMessage(A message) {
            keep(message);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            ended(status);
          }
        },
        new Metadata());
    call.request(1);
  }

  private synchronized void keep(A message) {
    received.add(message);
    notifyAll();
  }

  private synchronized void ended(Status status) {
    end = status;
    notifyAll();
  }

  /** Writes a message. */
  public void write(Q message) {
    call.sendMessage(message);
  }

  /** The next message that came; waits for it, and fails at once when the call has ended. */
  public synchronized A read() {
    await("a message", () -> !received.isEmpty() || end != null);
    A message = received.poll();
    if (message == null) {
      throw new AssertionError("no message will come, the call has ended: " + end);
    }
    return message;
  }

  /** How the server ended the call; waits for it. */
  public synchronized Status end() {
    await("the end of the call", () -> end != null);
    if (end == null) {
      throw new AssertionError("a call that has ended says how");
    }
    return end;
  }

  private synchronized void await(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      while (!condition.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("waited in vain for " + what);
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + what, e);
    }
  }

  /** Cancels it, if it has not ended. */
  @Override
  public void close() {
    call.cancel("the test is over", null);
  }
}
