package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import org.pcollections.TreePMap;

/**
 * All that one stream remembers; immutable.
 *
 * @param stream whose
 * @param snapshot what the proxy should have
 * @param published false until the control loop has given the first snapshot: nothing is sent
 * @param kinds by type
 * @param ghosts names by type that an earlier stream of the proxy sent and that were rejected:
 *     Envoy may have them without saying so at its reconnect
 * @param nextNonce the number of the next response
 */
record StreamState(
    StreamId stream,
    ProxySnapshot snapshot,
    boolean published,
    SortedMap<ResourceKind, KindState> kinds,
    SortedMap<ResourceKind, SortedSet<String>> ghosts,
    long nextNonce) {

  private static final ProxySnapshot NOTHING =
      new ProxySnapshot(ResourceSet.EMPTY, TreePMap.empty());

  /** A stream that has just begun. */
  public static StreamState begin(
      StreamId stream, SortedMap<ResourceKind, SortedSet<String>> ghosts) {
    return new StreamState(
        stream, NOTHING, false, Immutable.sortedMap(Map.of()), Immutable.sortedMap(ghosts), 1);
  }
}
