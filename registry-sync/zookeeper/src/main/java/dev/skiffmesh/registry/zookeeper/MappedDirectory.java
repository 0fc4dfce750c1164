package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.status.Finding;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What one directory means.
 *
 * @param services by what ZooKeeper calls them
 * @param findings about nodes that were left out
 */
record MappedDirectory(SortedMap<String, MappedService> services, List<Finding> findings) {

  /** Nothing is known. */
  static final MappedDirectory NOTHING =
      new MappedDirectory(Immutable.sortedMap(Map.of()), List.of());

  MappedDirectory {
    services = Immutable.sortedMap(services);
    findings = List.copyOf(findings);
  }

  /** One service. */
  record MappedService(List<ServicePort> ports, EndpointSet endpoints) {

    /** Nobody serves it, and nobody ever did as far as is known. */
    static final MappedService NOBODY = new MappedService(List.of(), EndpointSet.EMPTY);

    MappedService {
      ports = List.copyOf(ports);
    }

    /** The same without anybody who serves it. */
    MappedService emptied() {
      return new MappedService(ports, EndpointSet.EMPTY);
    }
  }
}
