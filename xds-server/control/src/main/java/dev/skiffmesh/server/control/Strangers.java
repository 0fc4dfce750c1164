package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/**
 * Connected proxies of services that no registry knows. Such an identity is legal: a job or a
 * gateway need not be registered. It is also what a misspelt name looks like, and then no policy
 * for its callers, no declared scope and no inbound rule ever meets it. Pure.
 */
final class Strangers {

  /** The least DNS label, where a namespace's services begin. */
  private static final String LEAST = "0";

  private Strangers() {}

  /** A finding for each such service, whatever the number of its proxies. */
  static List<Finding> findings(
      Collection<ProxyStream> streams, TreePMap<ServiceId, Service> services) {
    SortedMap<ServiceId, Integer> strangers = new TreeMap<>();
    for (ProxyStream stream : streams) {
      ServiceId service = stream.workload.service();
      if (!services.containsKey(service)) {
        strangers.merge(service, 1, Integer::sum);
      }
    }
    List<Finding> findings = new ArrayList<>();
    strangers.forEach((service, count) -> findings.add(finding(service, count, services)));
    return findings;
  }

  private static Finding finding(
      ServiceId service, int count, TreePMap<ServiceId, Service> services) {
    ServiceId next = services.ceilingKey(new ServiceId(service.namespace(), LEAST));
    String subject = "proxies of " + service;
    if (next == null || !next.namespace().equals(service.namespace())) {
      return Finding.of(
          FindingCode.UNKNOWN_NAMESPACE,
          subject,
          "A proxy's namespace must be one of the mesh, found %d of the service '%s' in the namespace '%s', in which no registry has a service"
              .formatted(count, service.name(), service.namespace()));
    }
    return Finding.of(
        FindingCode.UNREGISTERED,
        subject,
        "No registry knows the service '%s' of %d connected proxies; they are served, and what they use is not remembered"
            .formatted(service, count));
  }
}
