package dev.skiffmesh.translator.place;

import io.envoyproxy.envoy.config.route.v3.Route;

/**
 * What is done to requests that take a route and to their answers, wherever those come from: of one
 * route, or of all of a port.
 */
public non-sealed interface RouteOption extends Option {

  /**
   * Writes the slot; what happens to the requests and options of earlier slots are there.
   *
   * @param requests which ones take the route
   */
  void applyTo(Route.Builder route, Requests requests);
}
