package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.evaluate.EffectiveMesh;
import java.util.List;
import java.util.SortedMap;

/**
 * A world's services and policies, understood together once for all proxies: targets found, grants
 * checked, hosts given to services. Independent of endpoints.
 *
 * @param acceptances of every policy in the world
 * @param findings about policies and services together
 * @param mesh what plans are made of
 */
public record Evaluation(
    SortedMap<DocumentKey, Acceptance> acceptances, List<Finding> findings, EffectiveMesh mesh) {

  /** Copies what it is given. */
  public Evaluation {
    acceptances = Immutable.sortedMap(acceptances);
    findings = List.copyOf(findings);
  }
}
