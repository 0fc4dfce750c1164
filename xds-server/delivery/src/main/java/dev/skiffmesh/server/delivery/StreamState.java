package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * All that one stream remembers; immutable.
 *
 * @param stream whose
 * @param only the one type that it carries; null for all
 * @param snapshot what the proxy should have
 * @param published false until the control loop has given the first snapshot: nothing is sent
 * @param kinds by type
 * @param before what is remembered of the proxy's earlier stream
 * @param nextNonce the number of the next response
 */
record StreamState(
    StreamId stream,
    @Nullable ResourceKind only,
    ProxySnapshot snapshot,
    boolean published,
    SortedMap<ResourceKind, KindState> kinds,
    Farewell before,
    long nextNonce) {

  private static final ProxySnapshot NOTHING =
      new ProxySnapshot(ResourceSet.EMPTY, TreePMap.empty(), Reach.NOTHING);

  /** Tells whether something waits for the proxy to do something, for a while. */
  boolean isWaiting() {
    return kinds.values().stream().anyMatch(KindState::isWaiting);
  }

  /** A stream that has just begun. */
  static StreamState begin(StreamId stream, @Nullable ResourceKind only, Farewell before) {
    return new StreamState(stream, only, NOTHING, false, Immutable.sortedMap(Map.of()), before, 1);
  }

  /** The same for an aggregated one. */
  static StreamState begin(StreamId stream, Farewell before) {
    return begin(stream, null, before);
  }
}
