package dev.skiffmesh.server.csds;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Refuses peers that are not on this machine. A tunnel that ends here looks like this machine. */
final class LoopbackOnly implements ServerInterceptor {

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    SocketAddress peer = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    if (isLoopback(peer)) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.PERMISSION_DENIED.withDescription(
            "client status is served to peers on a loopback address, found '"
                + peer
                + "'; the control plane's `xds.client-status` decides"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** A peer without an address is none that could be told apart. */
  static boolean isLoopback(@Nullable SocketAddress peer) {
    return peer instanceof InetSocketAddress internet
        && internet.getAddress() != null
        && internet.getAddress().isLoopbackAddress();
  }
}
