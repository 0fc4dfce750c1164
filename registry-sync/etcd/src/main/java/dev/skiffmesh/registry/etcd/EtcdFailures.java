package dev.skiffmesh.registry.etcd;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What the client's exceptions mean, in one sentence for the user. Pure. */
final class EtcdFailures {

  private EtcdFailures() {}

  /** One sentence without its full stop, and without anything secret. */
  static String reason(Throwable cause) {
    Status status = Status.fromThrowable(cause);
    String said = status.getDescription();
    String words = said == null ? message(cause) : said;
    return switch (status.getCode()) {
      case UNAUTHENTICATED, PERMISSION_DENIED -> "etcd refuses to be read: " + words;
      case INVALID_ARGUMENT -> "etcd refuses the question: " + words;
      case UNAVAILABLE -> "etcd cannot be reached: " + words + root(status.getCause());
      case OK,
          CANCELLED,
          UNKNOWN,
          DEADLINE_EXCEEDED,
          NOT_FOUND,
          ALREADY_EXISTS,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          INTERNAL,
          DATA_LOSS ->
          "etcd cannot be read: " + words;
    };
  }

  private static String root(@Nullable Throwable cause) {
    Throwable root = cause;
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    return root == null ? "" : " (" + message(root) + ")";
  }

  private static String message(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
