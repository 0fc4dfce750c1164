package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceSet;
import java.util.List;
import java.util.SortedMap;
import org.pcollections.TreePMap;

/**
 * What one proxy is to have, and why.
 *
 * @param resources all but the assignments
 * @param effects by policy, for those whose target is in the view
 * @param findings what had to be left out
 * @param reach what it may have beyond {@code resources}
 */
public record Translation(
    ResourceSet resources,
    SortedMap<DocumentKey, PolicyEffect> effects,
    List<Finding> findings,
    Reach reach) {

  /** Copies what it is given, unless nobody can change it: a thousand proxies share a plan's. */
  public Translation {
    effects = effects instanceof TreePMap ? effects : Immutable.sortedMap(effects);
    findings = List.copyOf(findings);
  }
}
