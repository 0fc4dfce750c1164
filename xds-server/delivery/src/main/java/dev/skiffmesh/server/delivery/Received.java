package dev.skiffmesh.server.delivery;

import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a peer has written: a message, or bytes that are none. gRPC itself takes the latter for a
 * failure of the server and logs a stack for each.
 *
 * @param message null if it is none
 * @param <Q> the message
 */
record Received<Q>(@Nullable Q message) {

  /** Reads as {@code plain} does. */
  static <Q> MethodDescriptor.Marshaller<Received<Q>> by(MethodDescriptor.Marshaller<Q> plain) {
    return new MethodDescriptor.Marshaller<>() {
      @Override
      public InputStream stream(Received<Q> value) {
        throw new UnsupportedOperationException("a server writes no requests");
      }

      @Override
      public Received<Q> parse(InputStream stream) {
        try {
          return new Received<>(plain.parse(stream));
        } catch (StatusRuntimeException noMessage) {
          return new Received<>(null);
        }
      }
    };
  }
}
