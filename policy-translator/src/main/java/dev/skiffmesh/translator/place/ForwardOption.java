package dev.skiffmesh.translator.place;

import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.util.List;
import java.util.Optional;

/** What happens to calls on their way to a destination: of one route, or of all of a port. */
public non-sealed interface ForwardOption extends Option {

  /** What splits a route in two, one for the requests of the case and one for the others. */
  default List<Case> cases() {
    return List.of();
  }

  /** A further cluster that it sends calls to; none by default. */
  default Optional<ClusterName> cluster() {
    return Optional.empty();
  }

  /** The same with that cluster as this kind of caller has it. */
  default ForwardOption withCluster(ClusterName cluster) {
    return this;
  }

  /**
   * Writes the slot; the destinations, defaults and options of earlier slots are there.
   *
   * @param requests which ones take the route
   */
  void applyTo(RouteAction.Builder action, Requests requests);
}
