package dev.skiffmesh.server.delivery;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * A call that two may end: the service that it belongs to, and the door of the port. gRPC's own is
 * for one thread at a time; what comes after the end is dropped here. Thread-safe.
 */
final class GuardedCall<Q, A> extends ServerCall<Q, A> {

  private final ServerCall<Received<Q>, A> call;
  private final MethodDescriptor<Q, A> method;

  /** Guarded by this. */
  private boolean closed;

  GuardedCall(ServerCall<Received<Q>, A> call, MethodDescriptor<Q, A> method) {
    this.call = call;
    this.method = method;
  }

  @Override
  public synchronized void request(int messages) {
    if (!closed) {
      call.request(messages);
    }
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!closed) {
      call.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(A message) {
    if (!closed) {
      call.sendMessage(message);
    }
  }

  @Override
  public synchronized boolean isReady() {
    return !closed && call.isReady();
  }

  @Override
  public synchronized void close(Status status, Metadata trailers) {
    if (!closed) {
      closed = true;
      call.close(status, trailers);
    }
  }

  @Override
  public boolean isCancelled() {
    return call.isCancelled();
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    call.setMessageCompression(enabled);
  }

  @Override
  public void setCompression(String compressor) {
    call.setCompression(compressor);
  }

  @Override
  public void setOnReadyThreshold(int bytes) {
    call.setOnReadyThreshold(bytes);
  }

  @Override
  public SecurityLevel getSecurityLevel() {
    return call.getSecurityLevel();
  }

  @Override
  public Attributes getAttributes() {
    return call.getAttributes();
  }

  @Override
  public String getAuthority() {
    return call.getAuthority();
  }

  @Override
  public MethodDescriptor<Q, A> getMethodDescriptor() {
    return method;
  }
}
