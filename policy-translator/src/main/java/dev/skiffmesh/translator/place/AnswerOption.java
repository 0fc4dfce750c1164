package dev.skiffmesh.translator.place;

import io.envoyproxy.envoy.config.route.v3.Route;

/** How a proxy answers requests that take a route by itself; of one route, never of a port. */
public non-sealed interface AnswerOption extends Option {

  /**
   * Writes the slot; only name and match are there.
   *
   * @param requests which ones take the route
   */
  void applyTo(Route.Builder route, Requests requests);
}
