package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.status.Finding;
import java.util.List;
import java.util.SortedMap;

/**
 * A world's services and policies, understood together once for all proxies: targets found, grants
 * checked, settings merged, hosts given to services. Independent of endpoints.
 *
 * @param acceptances of every policy in the world
 * @param findings about policies and services together: clashing hosts, dangling destinations
 */
public record Evaluation(SortedMap<DocumentKey, Acceptance> acceptances, List<Finding> findings) {

  /** Copies what it is given. */
  public Evaluation {
    acceptances = Immutable.sortedMap(acceptances);
    findings = List.copyOf(findings);
  }
}
