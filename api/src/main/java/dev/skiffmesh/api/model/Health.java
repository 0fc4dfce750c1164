package dev.skiffmesh.api.model;

/**
 * What its registry says of an instance's health. Unhealthy is not deregistered and not disabled.
 */
public enum Health {
  /** Takes calls. */
  HEALTHY,
  /** Registered, but its registry's checks fail. */
  UNHEALTHY,
  /**
   * Ends, and still serves: finishes calls in flight, and takes new ones only where no other
   * instance takes any (Kubernetes: terminating and serving). What ends and serves no more is
   * {@link #UNHEALTHY}.
   */
  DRAINING
}
