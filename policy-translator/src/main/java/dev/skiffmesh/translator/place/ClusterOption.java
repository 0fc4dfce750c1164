package dev.skiffmesh.translator.place;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;

/** How callers treat one destination. */
public non-sealed interface ClusterOption extends Option {

  /** Writes the slot; defaults and options of earlier slots are there. */
  void applyTo(Cluster.Builder cluster);
}
