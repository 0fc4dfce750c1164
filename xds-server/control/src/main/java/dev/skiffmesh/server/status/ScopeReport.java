package dev.skiffmesh.server.status;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.server.state.SavedScope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one workload uses: an edge of the dependency graph for each service.
 *
 * @param workload all replicas of one version of a service
 * @param mode how much its proxies are sent; null if none is connected
 * @param proxies how many are connected
 * @param uses by service
 */
public record ScopeReport(
    SavedScope.Workload workload, @Nullable ScopeMode mode, int proxies, List<Used> uses) {

  /** Copies the uses. */
  public ScopeReport {
    uses = List.copyOf(uses);
  }

  /**
   * A service that a workload is sent.
   *
   * @param how why
   * @param first when it was asked for or called first; null if never
   * @param last when it was asked for or called last, exact to the hour; null if never
   */
  public record Used(ServiceId service, How how, @Nullable Instant first, @Nullable Instant last) {}

  /** Why a workload is sent a service. */
  public enum How {
    /** A proxy asked for it or called it. */
    LEARNED,
    /** A ScopePolicy names it. */
    DECLARED,
    /** A proxy had it when it connected, or before it was sent less. */
    KEPT
  }
}
