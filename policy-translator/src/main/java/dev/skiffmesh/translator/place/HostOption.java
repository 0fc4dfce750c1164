package dev.skiffmesh.translator.place;

import io.envoyproxy.envoy.config.route.v3.VirtualHost;

/** What holds for all calls to a port, whichever of its routes they take. */
public non-sealed interface HostOption extends Option {

  /** Writes the slot; names, routes, defaults and options of earlier slots are there. */
  void applyTo(VirtualHost.Builder host);
}
