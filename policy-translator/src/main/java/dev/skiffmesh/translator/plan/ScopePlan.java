package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.translator.PolicyEffect;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Which services a workload is sent, as policies say.
 *
 * @param mode how much; null if no policy says
 * @param declared services that it is said to use, as far as they exist
 * @param effects what each policy came to
 */
public record ScopePlan(
    @Nullable ScopeMode mode,
    SortedSet<ServiceId> declared,
    SortedMap<DocumentKey, PolicyEffect> effects) {

  /** Copies what it is given. */
  public ScopePlan {
    declared = Immutable.sortedSet(declared);
    effects = Immutable.sortedMap(effects);
  }
}
