package dev.skiffmesh.server.delivery;

import java.util.List;
import java.util.Optional;

/** What operators may see of the streams. Thread-safe; costs the streams nothing. */
public interface DeliveryInspection extends StreamInspector {

  /** All live streams, the oldest first. */
  List<StreamView> streams();

  /** One live stream; empty if it has ended or never was. */
  Optional<StreamView> stream(StreamId stream);

  /** Who is connected, the oldest stream first. */
  List<ConnectedNode> nodes();

  /**
   * Each resource that a stream asked for, in the order of type and name; empty once the stream has
   * ended. Takes time by the size of the proxy's configuration.
   */
  List<ResourceStanding> resources(StreamId stream);
}
