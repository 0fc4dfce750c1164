package dev.skiffmesh.server.delivery;

import java.time.Instant;
import java.util.List;

/**
 * One stream as an operator sees it; a copy of one moment.
 *
 * @param stream which
 * @param nodeId what the proxy called itself
 * @param peer its remote address
 * @param incremental true for delta xDS, false for state-of-the-world
 * @param connectedAt when the stream began
 * @param published whether the control loop has given it anything yet
 * @param kinds the types that it asked for, in the order of {@link
 *     dev.skiffmesh.translator.resource.ResourceKind#ALL}
 */
public record StreamView(
    StreamId stream,
    String nodeId,
    String peer,
    boolean incremental,
    Instant connectedAt,
    boolean published,
    List<KindView> kinds) {

  /** Copies the list. */
  public StreamView {
    kinds = List.copyOf(kinds);
  }

  /** How many resources were sent on this stream; 0 after a reconnect with nothing new. */
  public long resourcesSent() {
    return kinds.stream().mapToLong(kind -> kind.tally().resources()).sum();
  }

  /** How many removals were sent on this stream. */
  public long removalsSent() {
    return kinds.stream().mapToLong(kind -> kind.tally().removals()).sum();
  }

  /** The worst of its types. */
  public KindView.Sync sync() {
    return kinds.stream()
        .map(KindView::sync)
        .max(KindView.Sync::compareTo)
        .orElse(KindView.Sync.STALE);
  }
}
