package dev.skiffmesh.api.policy.trafficroute;

import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.schema.AtMostOneOf;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Range;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where calls to a service go, as their callers' proxies decide.
 *
 * @param targetRefs whose calls
 * @param from which callers; empty for all
 * @param order among policies on equally specific targets, smaller first
 * @param rules in order, the first that matches wins; what none matches goes to the whole service
 * @param expiresAfter see {@link PolicySpec#expiresAfter()}
 * @param expiresAt see {@link PolicySpec#expiresAt()}
 */
@Description("Where calls to a service go, as their callers' proxies decide.")
@AtMostOneOf({"expiresAfter", "expiresAt"})
public record TrafficRouteSpec(
    @Description("Services whose calls are routed.") @MinItems(1) @MaxItems(16)
        List<TargetRef> targetRefs,
    @Description("Callers that the routes concern; all if absent.") @MaxItems(16)
        List<CallerRef> from,
    @Description("Among policies on equally specific targets, the smaller comes first.")
        @Default("0")
        @Range(min = "-1000000", max = "1000000")
        int order,
    @Description("Rules in order; the first that matches wins.") @MinItems(1) @MaxItems(64)
        List<TrafficRule> rules,
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
