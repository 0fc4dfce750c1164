package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.plan.HostOwners;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which host names each service answers to, without ports, in lower case. A host that two services
 * claim goes to neither, with a finding; the full names ({@code name.namespace}, {@code ….svc},
 * {@code ….svc.cluster.local}) always stay their owner's. Every host is also served with its ports
 * behind it, so that an alias like {@code order:8080} may be another host's: Envoy refuses a whole
 * route configuration in which a domain stands twice.
 */
final class HostTable implements HostOwners {

  /** What may stand in a Host header and is not one of Envoy's wildcards. */
  private static final Pattern HOST = Pattern.compile("[!-)+-~]{1,253}");

  private static final Pattern WITH_PORT = Pattern.compile(".+:[1-9][0-9]{0,4}");

  private final Map<String, Set<ServiceId>> claims = new HashMap<>();

  /** Full names, and the hosts with ports of other hosts; each has one owner. */
  private final Map<String, ServiceId> owners = new HashMap<>();

  private final Map<ServiceId, List<String>> hosts = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  HostTable(Collection<Service> services) {
    for (Service service : services) {
      full(service.id()).forEach(host -> owners.put(host, service.id()));
      for (String host : claimed(service)) {
        claims.computeIfAbsent(host, h -> new TreeSet<>()).add(service.id());
      }
    }
    ownWithPorts(services);
    for (Service service : services) {
      List<String> given = new ArrayList<>(full(service.id()));
      for (String host : claimed(service)) {
        if (refusal(host).isEmpty() && !owners.containsKey(host)) {
          given.add(host);
        }
      }
      hosts.put(service.id(), List.copyOf(given));
    }
    for (String host : claims.keySet()) {
      refusal(host)
          .ifPresent(
              reason -> findings.add(Finding.of(FindingCode.HOST_CLASH, "host " + host, reason)));
    }
    findings.sort(Comparator.comparing(Finding::subject));
  }

  /** The hosts of a service, the full names first. */
  List<String> of(ServiceId service) {
    return hosts.getOrDefault(service, List.of());
  }

  @Override
  public Optional<ServiceId> ownerOf(String host) {
    ServiceId owner = owners.get(host);
    if (owner != null) {
      return Optional.of(owner);
    }
    Set<ServiceId> claimants = claims.getOrDefault(host, Set.of());
    return claimants.size() == 1 ? Optional.of(claimants.iterator().next()) : Optional.empty();
  }

  /** Who answers to what follows from the hosts that were given. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HostTable table && table.hosts.equals(hosts);
  }

  @Override
  public int hashCode() {
    return hosts.hashCode();
  }

  /** Clashes, by host. */
  List<Finding> findings() {
    return findings;
  }

  private void ownWithPorts(Collection<Service> services) {
    Set<String> wanted =
        claims.keySet().stream()
            .filter(host -> WITH_PORT.matcher(host).matches())
            .collect(Collectors.toSet());
    if (wanted.isEmpty()) {
      return;
    }
    for (Service service : services) {
      Set<String> own = new HashSet<>(full(service.id()));
      own.addAll(claimed(service));
      for (ServicePort port : service.ports()) {
        own.stream()
            .map(host -> host + ":" + port.number())
            .filter(wanted::contains)
            .forEach(host -> owners.putIfAbsent(host, service.id()));
      }
    }
  }

  /** Why a host does not go to all who claim it; empty if one service does, or its owner. */
  private Optional<String> refusal(String host) {
    Set<ServiceId> claimants = claims.getOrDefault(host, Set.of());
    ServiceId owner = owners.get(host);
    if (owner != null) {
      return claimants.equals(Set.of(owner))
          ? Optional.empty()
          : Optional.of(
              "must belong to one service, found as an alias of "
                  + names(claimants)
                  + " although it is a name of "
                  + owner
                  + "; it goes to "
                  + owner);
    }
    return claimants.size() < 2
        ? Optional.empty()
        : Optional.of(
            "must belong to one service, found "
                + names(claimants)
                + "; it goes to neither, call them by 'name.namespace'");
  }

  private static String names(Set<ServiceId> services) {
    return services.stream().map(ServiceId::toString).collect(Collectors.joining(" and "));
  }

  private static Set<String> claimed(Service service) {
    Set<String> claimed = new LinkedHashSet<>();
    claimed.add(service.id().name());
    for (String alias : service.aliases()) {
      String lower = alias.toLowerCase(Locale.ROOT);
      if (HOST.matcher(lower).matches()) {
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
