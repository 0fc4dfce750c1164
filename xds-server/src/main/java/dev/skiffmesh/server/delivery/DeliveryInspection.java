package dev.skiffmesh.server.delivery;

import java.util.List;
import java.util.Optional;

/** What operators may see of the streams. Thread-safe; costs the streams nothing. */
public interface DeliveryInspection extends StreamInspector {

  /** All live streams, the oldest first. */
  List<StreamView> streams();

  /** One live stream; empty if it has ended or never was. */
  Optional<StreamView> stream(StreamId stream);
}
