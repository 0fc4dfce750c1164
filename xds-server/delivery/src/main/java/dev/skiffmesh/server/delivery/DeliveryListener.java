package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What the engine tells the control loop. Called on the stream's own executor, in the stream's
 * order; must not block and must not throw.
 */
public interface DeliveryListener {

  /**
   * A proxy has said who it is, in the first message of its stream. Until {@link Delivery#publish}
   * gives the stream a snapshot, its requests wait.
   *
   * @param incremental true for delta xDS, false for state-of-the-world
   * @param peer the remote address, for messages
   * @param only the one type of a stream that is not aggregated, of which a proxy may have several;
   *     null for ADS, of which it has one
   */
  void opened(
      StreamId stream, Node node, boolean incremental, String peer, @Nullable ResourceKind only);

  /** A proxy has answered a response. */
  void answered(ProxyAnswer ack);

  /**
   * A proxy has named things that its snapshot lacks and that its {@link ProxySnapshot#reach()} may
   * have. What exists is awaited in a snapshot that is published later.
   *
   * @param asked names that the proxy asks for; also those that it has already
   * @param held names that it has from an earlier stream
   */
  void wanted(StreamId stream, ResourceKind kind, SortedSet<String> asked, SortedSet<String> held);

  /** A limit of the port was reached, or has not been for a while; see the findings. */
  default void limited() {}

  /** The stream has ended, for whatever reason. */
  void closed(StreamId stream);
}
