package dev.skiffmesh.api.model;

import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What runs beside a proxy: one instance of a service, seen as a caller.
 *
 * @param service the service that it belongs to
 * @param labels for example {@code version}, {@code lane}
 * @param spiffeId the identity that its certificate proves, null while it is only claimed
 */
public record Workload(
    ServiceId service, SortedMap<String, String> labels, @Nullable String spiffeId) {

  /** Copies the labels. */
  public Workload {
    labels = Immutable.sortedMap(labels);
  }

  /** The identity that the peer certificate proves (a SPIFFE id), if there was one. */
  public Optional<String> identity() {
    return Optional.ofNullable(spiffeId);
  }
}
