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
import dev.skiffmesh.api.schema.Together;
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
@Together(must = TrafficRouteSpec.SIZE, cel = TrafficRouteSpec.SIZE_IN_CEL)
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

  /**
   * All rules with all their matches and a destination each: 16 times as much is two megabytes for
   * each proxy that calls the service, and half a minute of translation for a hundred such
   * policies.
   */
  public static final int MOST_ROUTES = 1_024;

  /** What {@link #MOST_ROUTES} counts. */
  public static final String SIZE =
      "must be at most 1024 routes: each match of each rule is one for each of the rule's"
          + " destinations, and twice as many for each mark";

  /** {@link #SIZE} in CEL. */
  static final String SIZE_IN_CEL =
      "self.rules.map(r, (has(r.matches) && size(r.matches) > 0 ? r.matches.map(m, has(m.marks) ?"
          + " [1, 2, 4, 8, 16][size(m.marks)] : 1).sum() : 1) * (has(r.destinations) &&"
          + " size(r.destinations) > 0 ? size(r.destinations) : 1)).sum() <= 1024";

  @Override
  public List<CallerRef> callers() {
    return from;
  }
}
