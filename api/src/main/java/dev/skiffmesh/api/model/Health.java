package dev.skiffmesh.api.model;

/**
 * What its registry says of an instance's health. Unhealthy is not deregistered and not disabled.
 */
public enum Health {
  /** Takes calls. */
  HEALTHY,
  /** Registered, but its registry's checks fail. */
  UNHEALTHY,
  /** Finishes calls in flight and takes no new ones (Kubernetes: terminating and serving). */
  DRAINING
}
