package dev.skiffmesh.server.guard;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.state.SavedService;
import java.util.SortedMap;
import java.util.SortedSet;
import org.pcollections.TreePMap;

/**
 * What is in force of one registry; changes only by the events that its {@link ShrinkGuard} answers
 * with.
 */
public interface Kept {
  /** All services. */
  TreePMap<ServiceId, SavedService> services();

  /** The services of one portion; never null. */
  SortedMap<ServiceId, Service> portion(String portion);

  /** The portions that hold a service; empty if none does. */
  SortedSet<String> holders(ServiceId service);

  /** The endpoints of a service; none if nothing holds it. */
  default EndpointSet endpoints(ServiceId service) {
    SavedService known = services().get(service);
    return known == null ? EndpointSet.EMPTY : known.endpoints();
  }
}
