package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import dev.skiffmesh.translator.resource.RuntimeLayer;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/**
 * What one proxy is to have, and why.
 *
 * @param resources all but the assignments
 * @param effects by policy, for those whose target is in the view
 * @param destinations by policy, the names of the clusters that its rules send calls or copies to
 * @param findings what had to be left out
 * @param runtime the keys that {@code resources} raises
 * @param reach what it may have beyond {@code resources}
 */
public record Translation(
    ResourceSet resources,
    SortedMap<DocumentKey, PolicyEffect> effects,
    SortedMap<DocumentKey, SortedSet<String>> destinations,
    List<Finding> findings,
    RuntimeLayer runtime,
    Reach reach) {

  /** Copies what it is given, unless nobody can change it: a thousand proxies share a plan's. */
  public Translation {
    effects = effects instanceof TreePMap ? effects : Immutable.sortedMap(effects);
    destinations = Collections.unmodifiableSortedMap(destinations);
    findings = List.copyOf(findings);
  }

  /**
   * The same without the runtime keys of some policies, for whose source nobody vouches. What else
   * they shaped stays.
   */
  public Translation withoutKeysOf(Set<DocumentKey> policies) {
    RuntimeLayer left = runtime.without(policies);
    if (left.equals(runtime)) {
      return this;
    }
    SortedMap<ResourceKind, TreePMap<String, Resource>> byKind = new TreeMap<>(resources.byKind());
    byKind.put(ResourceKind.RUNTIME, TreePMap.singleton(RuntimeLayer.NAME, left.resource()));
    SortedMap<DocumentKey, PolicyEffect> less = new TreeMap<>(effects);
    for (DocumentKey policy : runtime.policies()) {
      if (policies.contains(policy)) {
        less.put(
            policy,
            new PolicyEffect(
                PolicyEffect.Outcome.PARTLY,
                "its runtime keys are withheld until its source answers"));
      }
    }
    return new Translation(
        new ResourceSet(byKind, resources.assignmentNames()),
        less,
        destinations,
        findings,
        left,
        reach);
  }
}
