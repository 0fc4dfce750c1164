package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import java.util.Map;
import java.util.SortedMap;
import org.pcollections.TreePMap;

/**
 * All that one stream remembers; immutable.
 *
 * @param stream whose
 * @param snapshot what the proxy should have
 * @param published false until the control loop has given the first snapshot: nothing is sent
 * @param kinds by type
 * @param before what is remembered of the proxy's earlier stream
 * @param nextNonce the number of the next response
 */
record StreamState(
    StreamId stream,
    ProxySnapshot snapshot,
    boolean published,
    SortedMap<ResourceKind, KindState> kinds,
    Farewell before,
    long nextNonce) {

  private static final ProxySnapshot NOTHING =
      new ProxySnapshot(ResourceSet.EMPTY, TreePMap.empty(), Reach.NOTHING);

  /** A stream that has just begun. */
  static StreamState begin(StreamId stream, Farewell before) {
    return new StreamState(stream, NOTHING, false, Immutable.sortedMap(Map.of()), before, 1);
  }
}
