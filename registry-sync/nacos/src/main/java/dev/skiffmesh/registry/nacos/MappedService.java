package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.status.Finding;
import java.util.List;

/**
 * What a registration means to the mesh, but for the service's name.
 *
 * @param ports in order of their number; empty while no instance was ever seen
 * @param endpoints the instances that make sense
 * @param findings about those that do not
 */
record MappedService(List<ServicePort> ports, EndpointSet endpoints, List<Finding> findings) {

  /** Nothing is known. */
  static final MappedService NOTHING = new MappedService(List.of(), EndpointSet.EMPTY, List.of());

  MappedService {
    ports = List.copyOf(ports);
    findings = List.copyOf(findings);
  }

  boolean hasFindingsOf(MappedService other) {
    return findings.equals(other.findings);
  }
}
