package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.place.RuntimeKey;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What policies say of a workload's own proxies: which services they are sent, and what is raised
 * in their runtime layer.
 *
 * @param mode how much; null if no policy says
 * @param declared services that it is said to use, as far as they exist
 * @param runtimeKeys those that policies raise there
 * @param effects what each policy came to
 * @param findings what went wrong
 */
public record ScopePlan(
    @Nullable ScopeMode mode,
    SortedSet<ServiceId> declared,
    List<RuntimeKey> runtimeKeys,
    SortedMap<DocumentKey, PolicyEffect> effects,
    List<Finding> findings) {

  /** Copies what it is given. */
  public ScopePlan {
    declared = Immutable.sortedSet(declared);
    runtimeKeys = List.copyOf(runtimeKeys);
    effects = Immutable.sortedMap(effects);
    findings = List.copyOf(findings);
  }
}
