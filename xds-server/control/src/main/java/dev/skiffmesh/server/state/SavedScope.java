package dev.skiffmesh.server.state;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import java.time.Instant;
import java.util.SortedMap;

/**
 * Which services one workload is known to use.
 *
 * @param workload whose
 * @param uses by service
 */
public record SavedScope(Workload workload, SortedMap<ServiceId, Use> uses) {

  /** Copies the uses. */
  public SavedScope {
    uses = Immutable.sortedMap(uses);
  }

  /**
   * All replicas of one version of a service.
   *
   * @param service which service
   * @param version the label {@code version}; empty for none
   */
  public record Workload(ServiceId service, String version) implements Comparable<Workload> {

    @Override
    public int compareTo(Workload other) {
      int order = service.compareTo(other.service);
      return order == 0 ? version.compareTo(other.version) : order;
    }

    @Override
    public String toString() {
      return version.isEmpty() ? service.toString() : service + " " + version;
    }
  }

  /**
   * When a workload asked for a service or called it.
   *
   * @param first for the first time
   * @param last for the last time, exact to the hour
   */
  public record Use(Instant first, Instant last) {}
}
