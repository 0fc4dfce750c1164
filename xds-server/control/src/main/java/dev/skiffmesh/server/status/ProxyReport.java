package dev.skiffmesh.server.status;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.translator.PolicyEffect;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One connected proxy.
 *
 * @param streams its streams, the newest first: one with ADS, several with services of one type
 * @param identity who it says that it is
 * @param peer its remote address
 * @param connectedSince when the oldest of its streams was opened
 * @param inSync whether it has acknowledged the newest content of all that it asked for
 * @param types by resource type, in xDS order
 * @param snapshot what it is to have; null until its first translation is done
 * @param effects what each policy did to its resources
 */
public record ProxyReport(
    List<StreamId> streams,
    ProxyIdentity identity,
    String peer,
    Instant connectedSince,
    boolean inSync,
    List<StreamStanding.TypeCounts> types,
    @Nullable ProxySnapshot snapshot,
    SortedMap<DocumentKey, PolicyEffect> effects) {

  /** Copies what it is given. */
  public ProxyReport {
    streams = List.copyOf(streams);
    types = List.copyOf(types);
    effects = Immutable.sortedMap(effects);
  }

  /** What it is to have; empty until its first translation is done. */
  public Optional<ProxySnapshot> intended() {
    return Optional.ofNullable(snapshot);
  }
}
