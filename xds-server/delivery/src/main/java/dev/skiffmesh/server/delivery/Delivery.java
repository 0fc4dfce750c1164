package dev.skiffmesh.server.delivery;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the control loop asks of the engine; thread-safe, returns at once. */
public interface Delivery {

  /**
   * Gives a stream its newest snapshot; an older one that is not yet sent is replaced. Nothing
   * happens if the stream has ended.
   *
   * @param changedAssignments names of the assignments that differ from the snapshot published to
   *     this stream before, when nothing else differs; null if anything may differ
   */
  void publish(StreamId stream, ProxySnapshot snapshot, @Nullable Set<String> changedAssignments);

  /**
   * Says that what a stream has of limited life is still wanted: it is renewed once. Whoever wants
   * it to live on says so again before its time is over; silence ends it, whatever the reason.
   */
  void renew(StreamId stream);

  /** Ends a stream (a newer one of the same proxy has come), with a reason for the proxy's log. */
  void close(StreamId stream, String reason);

  /**
   * Opens or closes the gate: while it is closed, streams are refused with UNAVAILABLE, because an
   * empty first answer would wipe a reconnecting Envoy.
   */
  void accepting(boolean open);
}
