package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which host names each service answers to, without ports, in lower case. A host that two services
 * claim goes to neither, with a finding; the full names ({@code name.namespace}, {@code ….svc},
 * {@code ….svc.cluster.local}) always stay their owner's.
 */
final class HostTable {

  /** What may stand in a Host header and is not one of Envoy's wildcards. */
  private static final Pattern HOST = Pattern.compile("[!-)+-~]{1,253}");

  /**
   * Such an alias would be one of the hosts with a port that another service answers to, and Envoy
   * refuses all virtual hosts of a response for one domain that stands twice.
   */
  private static final Pattern WITH_PORT = Pattern.compile(".*:[0-9]*");

  private final Map<ServiceId, List<String>> hosts = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  HostTable(Collection<Service> services) {
    Map<String, Set<ServiceId>> claims = new HashMap<>();
    for (Service service : services) {
      for (String host : claimed(service)) {
        claims.computeIfAbsent(host, h -> new TreeSet<>()).add(service.id());
      }
    }
    Set<String> owned = new LinkedHashSet<>();
    services.forEach(service -> owned.addAll(full(service.id())));
    for (Service service : services) {
      List<String> given = new ArrayList<>(full(service.id()));
      for (String host : claimed(service)) {
        if (claims.getOrDefault(host, Set.of()).size() == 1
            && !owned.contains(host)
            && !given.contains(host)) {
          given.add(host);
        }
      }
      hosts.put(service.id(), List.copyOf(given));
    }
    claims.forEach((host, claimants) -> report(host, claimants, owned));
    findings.sort(java.util.Comparator.comparing(Finding::subject));
  }

  /** The hosts of a service, the full names first. */
  List<String> of(ServiceId service) {
    return hosts.getOrDefault(service, List.of());
  }

  /** Clashes. */
  List<Finding> findings() {
    return findings;
  }

  private void report(String host, Set<ServiceId> claimants, Set<String> owned) {
    boolean someoneElses =
        owned.contains(host) && claimants.stream().noneMatch(id -> full(id).contains(host));
    if (claimants.size() > 1 || someoneElses) {
      findings.add(
          Finding.of(
              FindingCode.HOST_CLASH,
              "host " + host,
              "must belong to one service, found "
                  + String.join(" and ", claimants.stream().map(ServiceId::toString).toList())
                  + (someoneElses ? " beside the service whose full name it is" : "")
                  + "; it goes to "
                  + (someoneElses ? "that service" : "neither; call them by 'name.namespace'")));
    }
  }

  private static Set<String> claimed(Service service) {
    Set<String> claimed = new LinkedHashSet<>();
    claimed.add(service.id().name());
    for (String alias : service.aliases()) {
      String lower = alias.toLowerCase(Locale.ROOT);
      if (HOST.matcher(lower).matches() && !WITH_PORT.matcher(lower).matches()) {
        claimed.add(lower);
      }
    }
    for (String address : service.addresses()) {
      String lower = address.toLowerCase(Locale.ROOT);
      claimed.add(lower.indexOf(':') >= 0 ? "[" + lower + "]" : lower);
    }
    claimed.removeAll(full(service.id()));
    return claimed;
  }

  private static List<String> full(ServiceId id) {
    String host = id.host();
    return List.of(host, host + ".svc", host + ".svc.cluster.local");
  }
}
