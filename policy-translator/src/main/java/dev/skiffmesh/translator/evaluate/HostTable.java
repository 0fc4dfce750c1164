package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.plan.HostOwners;
import dev.skiffmesh.translator.plan.Hosts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which host names each service answers to, without ports, in lower case. A name that several
 * services claim means the one of the caller's own namespace, so that a namesake that registers
 * elsewhere takes nothing from callers that have their own; to callers of a namespace that has none
 * it means the only one that there is in the mesh. Two services of one namespace that claim a host
 * have it neither. The full names ({@code name.namespace}, {@code ….svc}, {@code
 * ….svc.cluster.local}) always stay their owner's. Every host is also served with its ports behind
 * it, so that an alias like {@code order:8080} may be another host's: Envoy refuses a whole route
 * configuration in which a domain stands twice.
 */
final class HostTable implements HostOwners {

  /** What may stand in a Host header and is not one of Envoy's wildcards. */
  private static final Pattern HOST = Pattern.compile("[!-)+-~]{1,253}");

  private static final Pattern WITH_PORT = Pattern.compile(".+:[1-9][0-9]{0,4}");

  private static final SortedSet<ServiceId> NOBODY =
      Collections.unmodifiableSortedSet(new TreeSet<>());

  private final Map<String, SortedSet<ServiceId>> claims = new HashMap<>();

  /** Full names, and the hosts with ports of other hosts; each has one owner. */
  private final Map<String, ServiceId> owners = new HashMap<>();

  private final Map<ServiceId, Hosts> hosts = new HashMap<>();
  private final Map<ServiceId, Set<String>> contested = new HashMap<>();
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
      List<String> within = new ArrayList<>(full(service.id()));
      List<String> elsewhere = new ArrayList<>(within);
      for (String host : claimed(service)) {
        if (owners.containsKey(host)) {
          continue;
        }
        if (claimants(host).size() == 1) {
          within.add(host);
          elsewhere.add(host);
          continue;
        }
        contested.computeIfAbsent(service.id(), id -> new TreeSet<>()).add(host);
        if (claimants(host, service.id().namespace()).size() == 1) {
          within.add(host);
        }
      }
      hosts.put(service.id(), new Hosts(within, elsewhere));
    }
    claims.keySet().forEach(host -> clash(host).ifPresent(findings::add));
    findings.sort(Comparator.comparing(Finding::subject));
  }

  /** The hosts of a service, the full names first. */
  Hosts of(ServiceId service) {
    return hosts.getOrDefault(service, Hosts.NONE);
  }

  /** The names by which callers of different namespaces may mean another service than this. */
  Set<String> contested(ServiceId id) {
    // One that has left was called by its name at least.
    return hosts.containsKey(id) ? contested.getOrDefault(id, Set.of()) : Set.of(id.name());
  }

  @Override
  public Optional<ServiceId> ownerOf(String host, String namespace) {
    ServiceId owner = owners.get(host);
    if (owner != null) {
      return Optional.of(owner);
    }
    SortedSet<ServiceId> own = claimants(host, namespace);
    SortedSet<ServiceId> meant = own.isEmpty() ? claimants(host) : own;
    return meant.size() == 1 ? Optional.of(meant.first()) : Optional.empty();
  }

  private SortedSet<ServiceId> claimants(String host) {
    return claims.getOrDefault(host, NOBODY);
  }

  /** Those of one namespace. */
  private SortedSet<ServiceId> claimants(String host, String namespace) {
    SortedSet<ServiceId> own = new TreeSet<>(claimants(host));
    own.removeIf(claimant -> !claimant.namespace().equals(namespace));
    return own;
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
      Set<Integer> ports = new TreeSet<>();
      service.ports().forEach(port -> ports.add(port.number()));
      // HTTP's own port is as good as none.
      ports.add(ServicePort.HTTP_DEFAULT);
      for (int port : ports) {
        own.stream()
            .map(host -> host + ":" + port)
            .filter(wanted::contains)
            .forEach(host -> owners.putIfAbsent(host, service.id()));
      }
    }
  }

  /** What is to be said of a host that several services claim. */
  private Optional<Finding> clash(String host) {
    SortedSet<ServiceId> claimants = claimants(host);
    ServiceId owner = owners.get(host);
    if (owner != null) {
      return claimants.equals(Set.of(owner))
          ? Optional.empty()
          : clash(
              host,
              "found as an alias of "
                  + names(claimants)
                  + " although it is a name of "
                  + owner
                  + "; it goes to "
                  + owner);
    }
    if (claimants.size() < 2) {
      return Optional.empty();
    }
    Set<String> namespaces =
        claimants.stream().map(ServiceId::namespace).collect(Collectors.toCollection(TreeSet::new));
    SortedSet<ServiceId> clashing = new TreeSet<>();
    for (String namespace : namespaces) {
      SortedSet<ServiceId> own = claimants(host, namespace);
      if (own.size() > 1) {
        clashing.addAll(own);
      }
    }
    return clashing.isEmpty()
        ? Optional.of(
            Finding.of(
                FindingCode.NAMESAKES,
                "host " + host,
                "It means "
                    + names(claimants)
                    + ", each to callers of its own namespace; callers elsewhere reach neither"
                    + " by it and say 'name.namespace'"))
        : clash(
            host,
            "found " + names(clashing) + "; it goes to neither, call them by 'name.namespace'");
  }

  private static Optional<Finding> clash(String host, String found) {
    return Optional.of(
        Finding.of(FindingCode.HOST_CLASH, "host " + host, "must belong to one service, " + found));
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
