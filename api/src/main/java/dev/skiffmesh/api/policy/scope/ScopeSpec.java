package dev.skiffmesh.api.policy.scope;

import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.schema.AtLeastOneOf;
import dev.skiffmesh.api.schema.AtMostOneOf;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Range;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which services a workload is sent; what is null is decided by a less specific policy, or by
 * {@code scope} in the control plane's configuration.
 *
 * @param targetRefs the workloads that are sent something, as callers; they need not be registered
 * @param mode how much
 * @param uses services that are sent up front; those of all policies together
 * @param expiresAfter see {@link PolicySpec#expiresAfter()}
 * @param expiresAt see {@link PolicySpec#expiresAt()}
 */
@Description("Which services a workload is sent.")
@AtLeastOneOf({"mode", "uses"})
@AtMostOneOf({"expiresAfter", "expiresAt"})
public record ScopeSpec(
    @Description("Workloads that are sent something.") @MinItems(1) @MaxItems(16)
        List<TargetRef> targetRefs,
    @Description("How much they are sent.") @Nullable ScopeMode mode,
    @Description("Services that are sent up front.") @MaxItems(1024) List<UsedService> uses,
    @Description("Ends the policy so long after its content was first accepted.")
        @Range(min = "1s", max = "8760h")
        @Nullable Duration expiresAfter,
    @Description("Ends the policy at that moment.") @Nullable Instant expiresAt)
    implements PolicySpec {

  /**
   * Services that a workload uses.
   *
   * @param service its name or alias; null: all of the namespace
   * @param namespace null: the policy's own
   */
  @Description("A service, or all services of a namespace.")
  @AtLeastOneOf({"service", "namespace"})
  public record UsedService(
      @Description("The service's name or alias; all of the namespace if absent.") @MaxLength(253)
          @Nullable String service,
      @Description("Its namespace; the policy's own if absent.") @MaxLength(63)
          @Nullable String namespace) {}

  /** Nobody: the targets are the callers. */
  @Override
  public List<CallerRef> callers() {
    return List.of();
  }
}
