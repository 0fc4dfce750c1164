package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.translator.place.ClusterName;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;

/**
 * What callers do with one HTTP-family port of a service: one virtual host.
 *
 * @param name of the virtual host, unique in the mesh: {@code order.trading:8080}, with the
 *     callers' variant where it differs between callers
 * @param port which port
 * @param hosts what it answers to, lower case, in a stable order; unique in the mesh
 * @param routes in order; the last one takes every request
 * @param requestTimeout until the response has ended; {@link Duration#ZERO} for none
 * @param idleTimeout without a byte; {@link Duration#ZERO} for none
 * @param policies what shaped any of it
 */
public record PortPlan(
    String name,
    ServicePort port,
    List<String> hosts,
    List<RoutePlan> routes,
    Duration requestTimeout,
    Duration idleTimeout,
    SortedSet<DocumentKey> policies) {

  /** Copies what it is given. */
  public PortPlan {
    hosts = List.copyOf(hosts);
    routes = List.copyOf(routes);
    policies = Immutable.sortedSet(policies);
  }

  /** {@code name} as it is where nothing differs between callers. */
  public static String withoutVariant(String name) {
    int variant = name.lastIndexOf('~');
    return variant < 0 ? name : name.substring(0, variant);
  }

  /**
   * The same without the routes that need one of those clusters, and without copies to them: what
   * dangles falls to the next rule.
   */
  public PortPlan without(Set<ClusterName> refused) {
    return refused.isEmpty()
        ? this
        : new PortPlan(
            name,
            port,
            hosts,
            routes.stream().flatMap(route -> route.without(refused).stream()).toList(),
            requestTimeout,
            idleTimeout,
            policies);
  }
}
