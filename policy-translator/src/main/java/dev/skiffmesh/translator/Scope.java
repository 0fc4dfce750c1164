package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.place.RuntimeKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * Which services one proxy is sent, and what policies about its own workload raise there.
 *
 * @param mode as it is applied to this proxy; under {@link ScopeMode#ON_DEMAND} it may ask for more
 * @param services empty under {@link ScopeMode#ALL}
 * @param declared those of {@code services} that policies name
 * @param runtimeKeys those of policies about its workload
 * @param effects what the policies about it came to
 * @param findings what went wrong with them
 */
public record Scope(
    ScopeMode mode,
    SortedSet<ServiceId> services,
    SortedSet<ServiceId> declared,
    List<RuntimeKey> runtimeKeys,
    SortedMap<DocumentKey, PolicyEffect> effects,
    List<Finding> findings) {

  /** Everything, and no policy said so. */
  public static final Scope ALL =
      new Scope(
          ScopeMode.ALL,
          Immutable.sortedSet(Set.of()),
          Immutable.sortedSet(Set.of()),
          List.of(),
          Immutable.sortedMap(Map.of()),
          List.of());

  /** Copies what it is given. */
  public Scope {
    services = Immutable.sortedSet(services);
    declared = Immutable.sortedSet(declared);
    runtimeKeys = List.copyOf(runtimeKeys);
    effects = Immutable.sortedMap(effects);
    findings = List.copyOf(findings);
  }
}
