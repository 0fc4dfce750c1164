package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.EndpointUse;
import dev.skiffmesh.api.model.EndpointUse.Twin;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.server.state.SavedService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One service out of what several sources say of it. Pure; the order of the sources is their order
 * of priority.
 */
final class RegistryMerge {

  /** On the endpoints of a service that stands in two registries: the source's name. */
  static final String REGISTRY_LABEL = "skiffmesh.dev/registry";

  private RegistryMerge() {}

  /** What one source says. */
  record Said(String source, SavedService saved) {}

  /** The service; {@code said} is not empty. */
  static Service service(List<Said> said) {
    Service first = said.getFirst().saved().service();
    List<String> registries = said.stream().map(Said::source).toList();
    if (said.size() == 1) {
      return first.registries().equals(registries)
          ? first
          : new Service(
              first.id(),
              first.aliases(),
              first.ports(),
              first.addresses(),
              registries,
              first.externalName());
    }
    SortedSet<String> aliases = new TreeSet<>();
    SortedSet<String> addresses = new TreeSet<>();
    List<ServicePort> ports = new ArrayList<>();
    for (Said one : said) {
      Service service = one.saved().service();
      aliases.addAll(service.aliases());
      addresses.addAll(service.addresses());
      for (ServicePort port : service.ports()) {
        if (counterpart(ports, port).isEmpty()) {
          ports.add(port);
        }
      }
    }
    // Whoever has instances has the service; a name for DNS alone is what there was before.
    boolean isExternal =
        said.stream().allMatch(one -> one.saved().service().externalName() != null);
    return new Service(
        first.id(),
        aliases,
        ports,
        addresses,
        registries,
        isExternal ? first.externalName() : null);
  }

  /** The endpoints; {@code said} is not empty. */
  static EndpointSet endpoints(List<Said> said) {
    return said.size() == 1 ? said.getFirst().saved().endpoints() : merged(all(said));
  }

  /**
   * The addresses that stand twice although one of the entries is to blame: within one source, or
   * with another use in each. That two sources say the same of an instance is what merging is for.
   */
  static List<Twin> twins(List<Said> said) {
    return (said.size() == 1
            ? EndpointUse.twins(said.getFirst().saved().endpoints())
            : EndpointUse.resolved(all(said)).twins())
        .stream()
            .filter(
                twin ->
                    twin.differsInUse()
                        || twin.counts().key().registry().equals(twin.other().key().registry()))
            .toList();
  }

  private static List<Endpoint> all(List<Said> said) {
    List<ServicePort> ports = service(said).ports();
    List<Endpoint> all = new ArrayList<>();
    for (Said one : said) {
      Map<String, String> names = portNames(one.saved().service(), ports);
      for (Endpoint endpoint : one.saved().endpoints().endpoints()) {
        all.add(labelled(endpoint, one.source(), names));
      }
    }
    return all;
  }

  private static EndpointSet merged(List<Endpoint> all) {
    EndpointUse.Resolved resolved = EndpointUse.resolved(all);
    Map<EndpointKey, Endpoint> counting = new HashMap<>();
    resolved.counting().forEach(endpoint -> counting.put(endpoint.key(), endpoint));
    for (Twin twin : resolved.twins()) {
      counting.computeIfPresent(
          twin.counts().key(), (_, endpoint) -> withPortsOf(endpoint, twin.other()));
    }
    return new EndpointSet(List.copyOf(counting.values()));
  }

  /** The port in {@code ports} that stands for {@code port}: of its name, else of its number. */
  private static Optional<ServicePort> counterpart(List<ServicePort> ports, ServicePort port) {
    return ports.stream()
        .filter(known -> known.name().equals(port.name()))
        .findFirst()
        .or(() -> ports.stream().filter(known -> known.number() == port.number()).findFirst());
  }

  /** A source's own port names to those of the merged service. */
  private static Map<String, String> portNames(Service service, List<ServicePort> merged) {
    Map<String, String> names = new HashMap<>();
    for (ServicePort port : service.ports()) {
      counterpart(merged, port).ifPresent(known -> names.put(port.name(), known.name()));
    }
    return names;
  }

  private static Endpoint labelled(Endpoint endpoint, String source, Map<String, String> names) {
    SortedMap<String, Integer> ports = new TreeMap<>();
    endpoint.ports().forEach((name, port) -> ports.put(names.getOrDefault(name, name), port));
    SortedMap<String, String> labels = new TreeMap<>(endpoint.labels());
    labels.put(REGISTRY_LABEL, source);
    EndpointKey key = endpoint.key();
    return new Endpoint(
        new EndpointKey(source, key.cluster(), key.instanceId()),
        endpoint.address(),
        ports,
        endpoint.weight(),
        endpoint.health(),
        endpoint.enabled(),
        endpoint.locality(),
        labels,
        endpoint.additionalAddresses());
  }

  /** The attributes of the one that counts; ports that only the other one knows are added. */
  private static Endpoint withPortsOf(Endpoint endpoint, Endpoint other) {
    SortedMap<String, Integer> ports = new TreeMap<>(other.ports());
    ports.putAll(endpoint.ports());
    return new Endpoint(
        endpoint.key(),
        endpoint.address(),
        ports,
        endpoint.weight(),
        endpoint.health(),
        endpoint.enabled(),
        endpoint.locality(),
        endpoint.labels(),
        endpoint.additionalAddresses());
  }
}
