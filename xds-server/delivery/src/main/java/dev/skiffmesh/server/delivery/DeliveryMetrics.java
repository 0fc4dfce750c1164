package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;

/** Where the engine counts. Called from many threads; must not block and must not throw. */
public interface DeliveryMetrics {

  /** Counts nothing. */
  DeliveryMetrics NONE =
      new DeliveryMetrics() {
        @Override
        public void responded(ResourceKind kind, int resources, int removals, long bytes) {}

        @Override
        public void answered(ResourceKind kind, boolean accepted) {}

        @Override
        public void renewed(ResourceKind kind) {}

        @Override
        public void lapsed(ResourceKind kind) {}

        @Override
        public void opened(boolean incremental) {}

        @Override
        public void closed(boolean incremental) {}

        @Override
        public void refused(Refusal reason) {}

        @Override
        public void ignored(Ignored what) {}

        @Override
        public void wanted(int names) {}

        @Override
        public void answeredAgain(int names) {}
      };

  /** A response was handed to gRPC, with {@code bytes} on the wire before framing. */
  void responded(ResourceKind kind, int resources, int removals, long bytes);

  /** A proxy accepted or rejected a response. */
  void answered(ResourceKind kind, boolean accepted);

  /** The life of what a proxy has of a type was prolonged. */
  void renewed(ResourceKind kind);

  /** A renewal came too late: the proxy had dropped what was to be renewed, and is sent it anew. */
  void lapsed(ResourceKind kind);

  /** A stream has begun. */
  void opened(boolean incremental);

  /** A stream has ended; once for each {@link #opened}. */
  void closed(boolean incremental);

  /** A stream was not let in. */
  void refused(Refusal reason);

  /** A message, or a part of one, had no effect. */
  void ignored(Ignored what);

  /** A proxy asked on demand for {@code names} that the mesh has; more than 0. */
  void wanted(int names);

  /**
   * A reconnected proxy listed {@code names} hosts that nobody here remembers to have answered;
   * they are answered again.
   */
  void answeredAgain(int names);

  /** Why a stream was not let in. */
  enum Refusal {
    /** There is nothing to serve yet. */
    NOT_READY,
    /** As many streams as are allowed are open. */
    TOO_MANY_STREAMS,
    /** Too many streams have begun within this second. */
    TOO_FAST,
    /** It never said anything. */
    SILENT,
    /** It had said nothing yet, as many others. */
    CROWDED_OUT,
    /** What it said is no message. */
    MALFORMED
  }

  /** What had no effect. */
  enum Ignored {
    /** A request for a type that Skiff does not serve in this protocol. */
    UNKNOWN_TYPE,
    /** An answer to a response that is not the newest of its type. */
    STALE_NONCE,
    /** A host beyond what is remembered of one proxy: answered, but not told when it appears. */
    TOO_MANY_NAMES
  }
}
