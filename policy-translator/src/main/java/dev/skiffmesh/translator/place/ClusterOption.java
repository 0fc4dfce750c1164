package dev.skiffmesh.translator.place;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.Optional;

/** How callers treat one destination. */
public non-sealed interface ClusterOption extends Option {

  /**
   * What of it follows from how many instances there are; nothing by default. The kind says so of
   * its policies ({@code PolicyKind.isSized}).
   */
  default Optional<Sized> sized() {
    return Optional.empty();
  }

  /** Writes the slot; defaults and options of earlier slots are there. */
  void applyTo(Cluster.Builder cluster);
}
