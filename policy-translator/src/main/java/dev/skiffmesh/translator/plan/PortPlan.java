package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.translator.place.ClusterName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What callers do with one HTTP-family port of a service: one virtual host.
 *
 * @param name of the virtual host, unique in the mesh: {@code order.trading:8080}, with the
 *     callers' variant where it differs between callers
 * @param port which port
 * @param hosts what it answers to; a caller finds no host in two plans
 * @param routes in order; the last one takes every request
 * @param options what policies say of all of its calls
 * @param otherwise where calls go if the routes of a kind have to be left out
 * @param policies what shaped any of it
 */
public record PortPlan(
    String name,
    ServicePort port,
    Hosts hosts,
    List<RoutePlan> routes,
    PortOptions options,
    Otherwise otherwise,
    SortedSet<DocumentKey> policies) {

  /** No variant is called so: those are hexadecimal. */
  private static final String ELSEWHERE = "elsewhere";

  /**
   * What takes every request where no policy's route does.
   *
   * @param route to the whole service
   * @param cluster its only destination
   */
  public record Otherwise(RoutePlan route, ClusterPlan cluster) {}

  /** Copies what it is given. */
  public PortPlan {
    routes = List.copyOf(routes);
    policies = Immutable.sortedSet(policies);
  }

  /**
   * The virtual host's name for callers of the service's namespace, which never changes, whoever
   * registers elsewhere, or for all others.
   */
  public String name(boolean isWithin) {
    return isWithin || !hosts.differ()
        ? name
        : name + (name.equals(withoutVariant(name)) ? "~" : "-") + ELSEWHERE;
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
        : with(
            routes.stream().flatMap(route -> route.without(refused).stream()).toList(),
            options,
            policies);
  }

  /** The same without what policies of a kind say. */
  public PortPlan withoutKind(String kind) {
    List<RoutePlan> left = new ArrayList<>();
    for (RoutePlan route : routes) {
      if (route.policies().stream().noneMatch(policy -> policy.kind().equals(kind))) {
        left.add(route.withoutKind(kind));
      }
    }
    if (left.stream().noneMatch(RoutePlan::takesAll)) {
      left.add(otherwise.route());
    }
    SortedSet<DocumentKey> others = new TreeSet<>(policies);
    others.removeIf(policy -> policy.kind().equals(kind));
    return with(left, options.withoutKind(kind), others);
  }

  private PortPlan with(
      List<RoutePlan> newRoutes, PortOptions newOptions, SortedSet<DocumentKey> newPolicies) {
    return new PortPlan(name, port, hosts, newRoutes, newOptions, otherwise, newPolicies);
  }
}
