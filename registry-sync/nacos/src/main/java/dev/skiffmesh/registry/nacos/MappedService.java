package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.PortKind;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a registration means to the mesh, but for the service's name.
 *
 * @param ports in order of their number; empty while no instance was ever seen
 * @param endpoints the instances that make sense
 * @param findings about those that do not
 * @param revisions the instances of a Dubbo application whose interfaces stand in Nacos's
 *     configurations, each with the name of that set of interfaces
 * @param isForeign all that is registered was copied here from another registry by a bridge: it is
 *     not a service of this one
 */
record MappedService(
    List<ServicePort> ports,
    EndpointSet endpoints,
    List<Finding> findings,
    SortedMap<EndpointKey, String> revisions,
    boolean isForeign) {

  /** Nothing is known. */
  static final MappedService NOTHING =
      new MappedService(List.of(), EndpointSet.EMPTY, List.of(), new TreeMap<>(), false);

  MappedService {
    ports = List.copyOf(ports);
    findings = List.copyOf(findings);
    revisions = Immutable.sortedMap(revisions);
  }

  /** The same with endpoints from elsewhere; ports follow them, as far as there are any. */
  MappedService withEndpoints(EndpointSet all) {
    List<ServicePort> found = PortKind.ofService(all.endpoints());
    return new MappedService(
        found.isEmpty() ? ports : found,
        all,
        findings,
        revisions,
        isForeign && all.equals(endpoints));
  }
}
