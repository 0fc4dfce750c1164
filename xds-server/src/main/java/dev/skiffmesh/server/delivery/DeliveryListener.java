package dev.skiffmesh.server.delivery;

import io.envoyproxy.envoy.config.core.v3.Node;

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
   */
  void opened(StreamId stream, Node node, boolean incremental, String peer);

  /** A proxy has answered a response. */
  void answered(ProxyAck ack);

  /** The stream has ended, for whatever reason. */
  void closed(StreamId stream);
}
