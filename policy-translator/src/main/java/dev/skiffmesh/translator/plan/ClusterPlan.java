package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.translator.place.ClusterName;
import java.time.Duration;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * How callers treat one label set of a service.
 *
 * @param name which one
 * @param protocol what is spoken there
 * @param external where callers find it by DNS; null if it has endpoints
 * @param connectTimeout until a connection stands
 * @param policies what shaped it
 */
public record ClusterPlan(
    ClusterName name,
    Protocol protocol,
    @Nullable External external,
    Duration connectTimeout,
    SortedSet<DocumentKey> policies) {

  /** A name for DNS and the port there. */
  public record External(String name, int port) {}

  /** Copies the keys. */
  public ClusterPlan {
    policies = Immutable.sortedSet(policies);
  }
}
