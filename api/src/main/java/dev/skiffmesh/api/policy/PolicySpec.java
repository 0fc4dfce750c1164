package dev.skiffmesh.api.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What every policy kind's spec has. A spec is a record: immutable, equal by value. */
public interface PolicySpec {

  /** What the policy is about; at least one. */
  List<TargetRef> targetRefs();

  /** Which callers it concerns ({@code spec.from}); empty means all. */
  List<CallerRef> callers();

  /** Ends the policy so long after this content was first accepted; null for never. */
  @Nullable Duration expiresAfter();

  /** Ends the policy at that moment; null for never. */
  @Nullable Instant expiresAt();
}
