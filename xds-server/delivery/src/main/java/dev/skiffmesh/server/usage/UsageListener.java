package dev.skiffmesh.server.usage;

import dev.skiffmesh.api.model.ServiceId;
import java.util.SortedSet;

/** Hears which services are called. Called on the event loops of gRPC, so it must not block. */
@FunctionalInterface
public interface UsageListener {

  /**
   * A proxy has sent requests since its last report.
   *
   * @param nodeId as in the proxy's {@code node.id}
   * @param services whose instances the requests were sent to; never empty
   */
  void used(String nodeId, SortedSet<ServiceId> services);
}
