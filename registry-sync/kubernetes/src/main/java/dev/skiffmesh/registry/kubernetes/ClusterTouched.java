package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.ServiceId;
import java.util.SortedSet;
import java.util.TreeSet;

/** What is to be told anew of a cluster. Confined to one thread. */
final class ClusterTouched {

  /** Namespaces of which everything is, and the cluster as a whole as the empty one. */
  private final SortedSet<String> portions = new TreeSet<>();

  private final SortedSet<ServiceId> services = new TreeSet<>();
  private final SortedSet<ServiceId> endpoints = new TreeSet<>();
  private final SortedSet<String> findings = new TreeSet<>();

  SortedSet<String> portions() {
    return portions;
  }

  /** Services that have come, gone or changed. */
  SortedSet<ServiceId> services() {
    return services;
  }

  SortedSet<ServiceId> endpoints() {
    return endpoints;
  }

  /** Namespaces of which something else is to be reported. */
  SortedSet<String> findings() {
    return findings;
  }

  void clear() {
    portions.clear();
    services.clear();
    endpoints.clear();
    findings.clear();
  }
}
