package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Backend;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Port;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Slice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** From what the API server holds to what a mesh uses. Pure. */
final class ServiceMapper {

  private static final String TCP = "TCP";
  private static final String IPV6 = "IPv6";
  private static final String FQDN = "FQDN";

  private final String source;

  /** For a source of that name. */
  ServiceMapper(String source) {
    this.source = source;
  }

  /** What else is known of a backend than its slice says. */
  interface Surroundings {
    /** The labels of a pod; empty if it is not known. */
    SortedMap<String, String> labels(String namespace, String pod);

    /** Where a machine stands; empty if it is not known. */
    Optional<ClusterObject.Node> node(String name);
  }

  /**
   * What callers of an ExternalName use that names no ports, as most do: it is a CNAME for DNS, and
   * plain HTTP is what a proxy sees of such calls.
   */
  private static final ServicePort ANY_PORT = new ServicePort("http", 80, Protocol.HTTP);

  /** Whether a mesh can call it: it has a TCP port, or is a name for DNS that stands for all. */
  static boolean isCallable(ClusterObject.Service found) {
    return found.ports().stream().anyMatch(port -> port.protocol().equals(TCP))
        || (found.externalName() != null && found.ports().isEmpty());
  }

  /** The service; empty for what no mesh can call, a service without a TCP port. */
  Optional<Service> service(ClusterObject.Service found) {
    List<ServicePort> known = new ArrayList<>();
    Set<Integer> numbers = new HashSet<>();
    for (Port port : found.ports()) {
      if (port.protocol().equals(TCP) && numbers.add(port.number())) {
        known.add(new ServicePort(nameOf(port), port.number(), PortProtocols.of(port)));
      }
    }
    String externalName = found.externalName();
    if (externalName != null && found.ports().isEmpty()) {
      known.add(ANY_PORT);
    }
    if (known.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Service(
            new ServiceId(found.namespace(), found.name()),
            new TreeSet<>(),
            known,
            new TreeSet<>(found.addresses()),
            List.of(source),
            externalName));
  }

  /** Only a service with one port may leave it unnamed. */
  private static String nameOf(Port port) {
    return port.name().isEmpty() ? PortProtocols.of(port).wireName() : port.name();
  }

  /**
   * All endpoints of a service: those of all its slices, each pod or address once. A pod that has
   * addresses of both families is one endpoint, which is called at that of the service's first
   * family before the other. Of machines that are no pods nobody can tell which address is whose,
   * so that those of the second family are left out where there are some of the first.
   */
  EndpointSet endpoints(
      ClusterObject.Service service, Collection<Slice> slices, Surroundings surroundings) {
    boolean hasFirst =
        slices.stream()
            .anyMatch(
                slice -> isIpv6(slice) == service.isIpv6First() && !slice.backends().isEmpty());
    Map<String, Endpoint> found = new TreeMap<>();
    Map<String, Endpoint> further = new TreeMap<>();
    for (Slice slice : slices) {
      boolean isOtherFamily = hasFirst && isIpv6(slice) != service.isIpv6First();
      if (!slice.addressType().equals(FQDN)) {
        SortedMap<String, Integer> own = portsOf(service, slice);
        for (Backend backend : slice.backends()) {
          if (!isOtherFamily || !backend.pod().isEmpty()) {
            Endpoint endpoint = endpoint(slice.namespace(), backend, own, surroundings);
            add(endpoint, isOtherFamily ? further : found);
          }
        }
      }
    }
    further.forEach((id, other) -> found.merge(id, other, ServiceMapper::withAddressOf));
    return new EndpointSet(List.copyOf(found.values()));
  }

  /** The same pod in the other family; what one of both says is ending is ending. */
  private static Endpoint withAddressOf(Endpoint one, Endpoint other) {
    Endpoint merged = both(one, other);
    return new Endpoint(
        merged.key(),
        merged.address(),
        merged.ports(),
        merged.weight(),
        merged.health(),
        merged.enabled(),
        merged.locality(),
        merged.labels(),
        List.of(other.address()));
  }

  /**
   * A slice may be copied while its controller moves endpoints, and ports may be split over slices:
   * such are one endpoint. One address that says two numbers for the same port is two servers, as
   * kube-proxy has it; people write that by hand for a machine outside of the cluster.
   */
  private static void add(Endpoint added, Map<String, Endpoint> found) {
    String id = added.key().instanceId();
    Endpoint known = found.get(id);
    if (known == null || agree(known, added)) {
      found.merge(id, added, ServiceMapper::both);
      return;
    }
    EndpointKey own = new EndpointKey(added.key().registry(), "", id + " " + added.ports());
    found.merge(
        own.instanceId(),
        new Endpoint(
            own,
            added.address(),
            added.ports(),
            added.weight(),
            added.health(),
            true,
            added.locality(),
            added.labels()),
        ServiceMapper::both);
  }

  private static boolean agree(Endpoint one, Endpoint other) {
    return one.ports().entrySet().stream()
        .allMatch(
            port ->
                other.ports().getOrDefault(port.getKey(), port.getValue()).equals(port.getValue()));
  }

  private static boolean isIpv6(Slice slice) {
    return slice.addressType().equals(IPV6);
  }

  /** The slice's own numbers under the names of the service's ports. */
  private static SortedMap<String, Integer> portsOf(ClusterObject.Service service, Slice slice) {
    Map<String, String> names = new TreeMap<>();
    for (Port port : service.ports()) {
      if (port.protocol().equals(TCP)) {
        names.put(port.name(), nameOf(port));
      }
    }
    SortedMap<String, Integer> own = new TreeMap<>();
    for (Port port : slice.ports()) {
      String name = names.get(port.name());
      if (name != null && port.protocol().equals(TCP)) {
        own.put(name, port.number());
      }
    }
    return own;
  }

  private Endpoint endpoint(
      String namespace,
      Backend backend,
      SortedMap<String, Integer> own,
      Surroundings surroundings) {
    Optional<ClusterObject.Node> node =
        backend.node().isEmpty() ? Optional.empty() : surroundings.node(backend.node());
    String zone =
        backend.zone().isEmpty() ? node.map(ClusterObject.Node::zone).orElse("") : backend.zone();
    String region = node.map(ClusterObject.Node::region).orElse("");
    boolean isPod = !backend.pod().isEmpty();
    return new Endpoint(
        new EndpointKey(source, "", isPod ? backend.pod() : backend.address()),
        backend.address(),
        own,
        BigDecimal.ONE,
        health(backend),
        true,
        new Locality(region, zone, ""),
        isPod ? surroundings.labels(namespace, backend.pod()) : new TreeMap<>());
  }

  /** What is ending and serves no more answers nobody, also where nothing else is left. */
  private static Health health(Backend backend) {
    if (backend.terminating()) {
      return backend.serving() ? Health.DRAINING : Health.UNHEALTHY;
    }
    return backend.ready() ? Health.HEALTHY : Health.UNHEALTHY;
  }

  /** The ports of both; what one of them says is ending is ending. */
  private static Endpoint both(Endpoint one, Endpoint other) {
    SortedMap<String, Integer> ports = new TreeMap<>(other.ports());
    ports.putAll(one.ports());
    Endpoint worse = one.health().compareTo(other.health()) < 0 ? other : one;
    return new Endpoint(
        one.key(),
        one.address(),
        ports,
        one.weight(),
        worse.health(),
        true,
        one.locality(),
        one.labels());
  }

  /** Why a slice cannot be used; empty if it can. */
  static Optional<String> fault(Slice slice) {
    if (!ServiceId.isLabel(slice.service())) {
      return Optional.of(
          "must name its service in the label `kubernetes.io/service-name`, found '%s'"
              .formatted(slice.service()));
    }
    return slice.addressType().equals(FQDN)
        ? Optional.of("must have addresses of the type 'IPv4' or 'IPv6', found 'FQDN'")
        : Optional.empty();
  }
}
