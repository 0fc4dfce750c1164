package dev.skiffmesh.api.policy.grant;

import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.policy.TargetRef;
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
 * Lets policies of other namespaces target this policy's own namespace.
 *
 * @param from who may
 * @param expiresAfter see {@link PolicySpec#expiresAfter()}
 * @param expiresAt see {@link PolicySpec#expiresAt()}
 */
@Description("Lets policies of other namespaces target this namespace.")
@AtMostOneOf({"expiresAfter", "expiresAt"})
public record PolicyGrantSpec(
    @Description("Who may.") @MinItems(1) @MaxItems(64) List<Grantee> from,
    @Description("Ends the policy so long after its content was first accepted.")
        @Range(min = "1s", max = "8760h")
        @Nullable Duration expiresAfter,
    @Description("Ends the policy at that moment.") @Nullable Instant expiresAt)
    implements PolicySpec {

  /**
   * Who may target the namespace.
   *
   * @param namespace where the policies are
   * @param kinds which kinds of them; empty for all
   */
  @Description("A namespace whose policies may target this one.")
  public record Grantee(
      @Description("Where the policies are.") @MaxLength(63) String namespace,
      @Description("Which kinds; all if absent.") @MaxItems(32) @MaxLength(63)
          List<String> kinds) {}

  /** None: a grant is about its own namespace. */
  @Override
  public List<TargetRef> targetRefs() {
    return List.of();
  }

  @Override
  public List<CallerRef> callers() {
    return List.of();
  }
}
