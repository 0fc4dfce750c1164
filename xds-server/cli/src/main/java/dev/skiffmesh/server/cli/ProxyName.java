package dev.skiffmesh.server.cli;

import dev.skiffmesh.api.document.Wording;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.api.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A proxy as it is named on the command line.
 *
 * @param service what runs beside it
 * @param instance {@code ADDRESS:PORT} of its endpoint; empty for the service's first
 * @param dialect which xDS it would speak
 */
record ProxyName(ServiceId service, String instance, Dialect dialect) {

  /** Bootstrap's own defaults, for a proxy whose service has no endpoints in the files. */
  private static final String ANY_ADDRESS = "127.0.0.1";

  private static final int EGRESS_PORT = 15_001;

  static ProxyName parse(String name, String dialect) {
    String[] parts = name.split("/", -1);
    String namespace = parts.length == 1 ? "default" : parts[0];
    if (parts.length > 3) {
      throw refused(name);
    }
    try {
      return new ProxyName(
          new ServiceId(namespace, parts.length == 1 ? parts[0] : parts[1]),
          parts.length == 3 ? parts[2] : "",
          dialect(dialect));
    } catch (IllegalArgumentException noName) {
      throw refused(name);
    }
  }

  private static CommandFailure refused(String name) {
    return new CommandFailure(
        Skiff.USAGE,
        "`--proxy` must be NAMESPACE/SERVICE or NAMESPACE/SERVICE/ADDRESS:PORT, found '"
            + name
            + "'");
  }

  private static Dialect dialect(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "envoy" -> new Dialect.Envoy(1, 40, true);
      case "envoy-sotw" -> new Dialect.Envoy(1, 40, false);
      case "grpc" -> new Dialect.Grpc("java");
      default ->
          throw new CommandFailure(
              Skiff.USAGE,
              "`--dialect` must be 'envoy', 'envoy-sotw' or 'grpc', found '" + word + "'");
    };
  }

  /**
   * What may be a slip of the pen: a proxy may well run beside something that is not registered.
   */
  List<String> doubts(World world) {
    if (!world.services().containsKey(service)) {
      List<String> known = world.services().keySet().stream().map(ServiceId::toString).toList();
      return List.of(
          "No service '"
              + service
              + "' is in the files"
              + Wording.didYouMean(service.toString(), known)
              + "; what follows is for a proxy that only calls others");
    }
    if (!instance.isEmpty() && endpoint(world).isEmpty()) {
      return List.of(
          "Service '"
              + service
              + "' has no endpoint '"
              + instance
              + "'; what follows is for a proxy that only calls others");
    }
    return List.of();
  }

  private Optional<Endpoint> endpoint(World world) {
    return world.endpointsOf(service).endpoints().stream()
        .filter(
            endpoint ->
                instance.isEmpty()
                    || endpoint.ports().values().stream()
                        .anyMatch(port -> instance.equals(endpoint.address() + ":" + port)))
        .findFirst();
  }

  /** Who the proxy would say that it is. */
  ProxyIdentity identity(World world) {
    Optional<Endpoint> found = endpoint(world);
    String address = found.map(Endpoint::address).orElse(ANY_ADDRESS);
    List<ProxyIdentity.ProxyPort> ports =
        found.map(endpoint -> ports(world, endpoint)).orElse(List.of());
    String inbound = ports.isEmpty() ? "0" : String.valueOf(ports.getFirst().inbound());
    return new ProxyIdentity(
        service + "/" + address + ":" + inbound,
        new Workload(
            service, Immutable.sortedMap(found.map(Endpoint::labels).orElse(noLabels())), null),
        address,
        ports,
        dialect instanceof Dialect.Grpc ? 0 : EGRESS_PORT,
        "sidecar",
        found.map(Endpoint::locality).orElse(Locality.UNKNOWN),
        dialect);
  }

  private static SortedMap<String, String> noLabels() {
    return Immutable.sortedMap(Map.of());
  }

  private List<ProxyIdentity.ProxyPort> ports(World world, Endpoint endpoint) {
    List<ProxyIdentity.ProxyPort> ports = new ArrayList<>();
    Service known = world.services().get(service);
    for (ServicePort port : known == null ? List.<ServicePort>of() : known.ports()) {
      Integer number = endpoint.ports().get(port.name());
      if (number != null) {
        ports.add(new ProxyIdentity.ProxyPort(port.name(), number, number, port.protocol()));
      }
    }
    return ports;
  }
}
