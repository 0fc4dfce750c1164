package dev.skiffmesh.api.policy.timeout;

import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.schema.AtLeastOneOf;
import dev.skiffmesh.api.schema.AtMostOneOf;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Otherwise;
import dev.skiffmesh.api.schema.Range;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long callers wait for a service; what is null is decided by a less specific policy, or by the
 * defaults (connect 1 s, no request timeout, idle 5 m).
 *
 * @param targetRefs whom they call
 * @param from which callers; empty for all
 * @param connect until the connection stands
 * @param request from the end of the request until the end of the response, retries included; never
 *     applied to gRPC calls, since Envoy cannot tell a unary call from a stream; 0 for none
 * @param idle without a byte in either direction; 0 for none
 * @param expiresAfter see {@link PolicySpec#expiresAfter()}
 * @param expiresAt see {@link PolicySpec#expiresAt()}
 */
@Description("How long callers wait for a service.")
@AtLeastOneOf({"connect", "request", "idle"})
@AtMostOneOf({"expiresAfter", "expiresAt"})
public record TimeoutSpec(
    @Description("Services that are called.") @MinItems(1) @MaxItems(16) List<TargetRef> targetRefs,
    @Description("Callers that the policy concerns; all if absent.") @MaxItems(16)
        List<CallerRef> from,
    @Description("Until the connection stands.") @Range(min = "1ms", max = "1h") @Otherwise("1s")
        @Nullable Duration connect,
    @Description("Until the response has ended; not for gRPC calls; 0s for none.")
        @Range(min = "0s", max = "24h")
        @Otherwise("0s")
        @Nullable Duration request,
    @Description("Without a byte in either direction; 0s for none.")
        @Range(min = "0s", max = "24h")
        @Otherwise("5m")
        @Nullable Duration idle,
    @Description("Ends the policy so long after its content was first accepted.")
        @Range(min = "1s", max = "8760h")
        @Nullable Duration expiresAfter,
    @Description("Ends the policy at that moment.") @Nullable Instant expiresAt)
    implements PolicySpec {

  @Override
  public List<CallerRef> callers() {
    return from;
  }
}
