package dev.skiffmesh.api.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A service as callers know it, without its endpoints.
 *
 * @param id the mesh name
 * @param aliases what else it is called, as its registry spells it ({@code ORDER_SERVICE}); hosts
 *     are compared in lower case
 * @param ports at least one once anything is known of the service; in a stable order, the first
 *     HTTP-family one answers to hosts without a port
 * @param addresses virtual addresses of the service itself (a Kubernetes cluster IP), not of
 *     instances
 * @param registries names of the sources that know the service, in their order of priority
 * @param externalName a DNS name outside of the mesh that stands in for endpoints, resolved where
 *     the caller is; null for services that have endpoints, as nearly all do
 */
public record Service(
    ServiceId id,
    SortedSet<String> aliases,
    List<ServicePort> ports,
    SortedSet<String> addresses,
    List<String> registries,
    @Nullable String externalName) {

  /** Copies what it is given; refuses two ports of one name or number. */
  public Service {
    aliases = Immutable.sortedSet(aliases);
    ports = List.copyOf(ports);
    addresses = Immutable.sortedSet(addresses);
    registries = List.copyOf(registries);
    if (ports.stream().map(ServicePort::name).distinct().count() != ports.size()
        || ports.stream().mapToInt(ServicePort::number).distinct().count() != ports.size()) {
      throw new IllegalArgumentException(
          "The ports of " + id + " must differ in name and in number, found " + ports);
    }
  }

  /** One with endpoints. */
  public Service(
      ServiceId id,
      SortedSet<String> aliases,
      List<ServicePort> ports,
      SortedSet<String> addresses,
      List<String> registries) {
    this(id, aliases, ports, addresses, registries, null);
  }

  /** The port of that number, if there is one. */
  public Optional<ServicePort> port(int number) {
    return ports.stream().filter(port -> port.number() == number).findFirst();
  }
}
