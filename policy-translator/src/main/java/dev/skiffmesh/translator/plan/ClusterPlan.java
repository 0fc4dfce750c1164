package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.Slot;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * How callers treat one label set of a service.
 *
 * @param name which one
 * @param protocol what is spoken there
 * @param external where callers find it by DNS; null if it has endpoints
 * @param options what policies say, by slot
 */
public record ClusterPlan(
    ClusterName name,
    Protocol protocol,
    @Nullable External external,
    SortedMap<Slot, Placed<ClusterOption>> options) {

  /** A name for DNS and the port there. */
  public record External(String name, int port) {}

  /** Copies the options. */
  public ClusterPlan {
    options = Immutable.sortedMap(options);
  }

  /** What shaped it. */
  public SortedSet<DocumentKey> policies() {
    return Placed.authors(options.values());
  }

  /** The same without what policies of a kind say. */
  public ClusterPlan withoutKind(String kind) {
    return new ClusterPlan(name, protocol, external, Placed.withoutKind(options, kind));
  }
}
