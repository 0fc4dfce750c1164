package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import java.time.Duration;
import java.util.SortedSet;

/**
 * How callers treat one label set of a service.
 *
 * @param name which one
 * @param protocol what is spoken there
 * @param connectTimeout until a connection stands
 * @param policies what shaped it
 */
public record ClusterPlan(
    ClusterName name, Protocol protocol, Duration connectTimeout, SortedSet<DocumentKey> policies) {

  /** Copies the keys. */
  public ClusterPlan {
    policies = Immutable.sortedSet(policies);
  }
}
