package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How things stand between one stream and one resource type.
 *
 * @param kind the type
 * @param sync one word for all of it
 * @param wildcard whether the proxy asked for everything that it may see
 * @param names what it asked for by name
 * @param accepted name to version of what the proxy has, as far as it said so
 * @param waiting what differs from what the proxy should have and is not refused: still to be sent,
 *     or sent and not yet answered
 * @param rejected what the proxy refused, until its content changes
 * @param tally what went over the wire since the stream began
 */
public record KindView(
    ResourceKind kind,
    Sync sync,
    boolean wildcard,
    SortedSet<String> names,
    SortedMap<String, String> accepted,
    SortedSet<String> waiting,
    SortedMap<String, RejectedContent> rejected,
    Tally tally) {

  /** Copies the collections. */
  public KindView {
    names = Immutable.sortedSet(names);
    accepted = Immutable.sortedMap(accepted);
    waiting = Immutable.sortedSet(waiting);
    rejected = Immutable.sortedMap(rejected);
  }

  /** Together with what another stream of the same proxy has of the type. */
  public KindView with(KindView other) {
    SortedSet<String> allNames = new TreeSet<>(names);
    allNames.addAll(other.names);
    SortedMap<String, String> allAccepted = new TreeMap<>(accepted);
    allAccepted.putAll(other.accepted);
    SortedSet<String> allWaiting = new TreeSet<>(waiting);
    allWaiting.addAll(other.waiting);
    SortedMap<String, RejectedContent> allRejected = new TreeMap<>(rejected);
    allRejected.putAll(other.rejected);
    return new KindView(
        kind,
        sync.compareTo(other.sync) >= 0 ? sync : other.sync,
        wildcard || other.wildcard,
        allNames,
        allAccepted,
        allWaiting,
        allRejected,
        tally.plus(other.tally));
  }

  /** The state of a proxy's copy; the words of Envoy's client status discovery (CSDS). */
  public enum Sync {
    /** The proxy has accepted everything. */
    SYNCED,
    /** Something is on its way. */
    STALE,
    /** The proxy has refused something that it should have. */
    ERROR
  }
}
