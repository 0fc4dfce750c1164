package dev.skiffmesh.translator.envoy;

import com.google.protobuf.Message;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The last gate: what does not pass is not published, and a finding says so. It holds what Envoy's
 * own validation rules say (PGV, in the protos' options) and what Envoy checks beyond them when it
 * takes a resource. A refusal is a bug of Skiff's, since bad input was refused in the user's words
 * before.
 */
final class ResourceGate {

  private final PgvRules rules = new PgvRules();

  /** Why a resource must not be published; empty if it may. */
  Optional<Finding> refusal(
      ResourceKind kind, String name, Message message, Provenance provenance) {
    return rules
        .firstBroken(message)
        .or(() -> semantic(name, message))
        .map(
            reason ->
                Finding.of(
                    FindingCode.GATE_REFUSED,
                    kind + " " + name,
                    reason
                        + (provenance.policies().isEmpty()
                            ? ""
                            : "; shaped by " + provenance.policies())));
  }

  private static Optional<String> semantic(String name, Message message) {
    return switch (message) {
      case VirtualHost host -> virtualHost(name, host);
      case Cluster cluster -> cluster(name, cluster);
      default -> Optional.empty();
    };
  }

  private static Optional<String> cluster(String name, Cluster cluster) {
    if (!cluster.getName().equals(name)) {
      return Optional.of("name must equal the resource's, found '" + cluster.getName() + "'");
    }
    boolean eds = cluster.getType() == Cluster.DiscoveryType.EDS;
    return eds && cluster.hasLoadAssignment()
        ? Optional.of("load_assignment must not stand beside type EDS")
        : Optional.empty();
  }

  private static Optional<String> virtualHost(String name, VirtualHost host) {
    if (!host.getName().equals(name)) {
      return Optional.of("name must equal the resource's, found '" + host.getName() + "'");
    }
    Set<String> domains = new HashSet<>();
    for (String domain : host.getDomainsList()) {
      if (!domains.add(domain)) {
        return Optional.of("domains must be unique, found '" + domain + "' twice");
      }
    }
    List<Route> routes = host.getRoutesList();
    if (routes.isEmpty() || !takesAll(routes.getLast())) {
      return Optional.of("routes must end with one that takes every request");
    }
    return routes.stream().flatMap(route -> route(route).stream()).findFirst();
  }

  private static boolean takesAll(Route route) {
    return route.getMatch().getPrefix().equals("/")
        && route.getMatch().getHeadersCount() == 0
        && route.getMatch().getQueryParametersCount() == 0
        && !route.getMatch().hasGrpc();
  }

  private static Optional<String> route(Route route) {
    WeightedCluster clusters = route.getRoute().getWeightedClusters();
    if (!route.getRoute().hasWeightedClusters()) {
      return Optional.empty();
    }
    long sum =
        clusters.getClustersList().stream()
            .mapToLong(cluster -> Integer.toUnsignedLong(cluster.getWeight().getValue()))
            .sum();
    return sum >= 1 && sum <= 0xffff_ffffL
        ? Optional.empty()
        : Optional.of(
            "weights of route '"
                + route.getName()
                + "' must add up to 1 to 4294967295, found "
                + sum);
  }
}
