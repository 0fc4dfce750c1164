package dev.skiffmesh.server.delivery;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets connections in as long as file handles are left for what else the process needs: one beyond
 * that is closed at once, those that are open stay. For the thread that accepts.
 */
final class Connections {

  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** While there are many handles, counting them this often is soon enough. */
  private static final Duration RARELY = Duration.ofSeconds(10);

  /** While there seem to be none for a connection. */
  private static final Duration OFTEN = Duration.ofMillis(100);

  private final Supplier<FreeHandles> counter;
  private final LongSupplier nanos;
  private final LimitsReached limits;
  private FreeHandles counted;
  private long countedAt;
  private long left;

  /**
   * None has come.
   *
   * @param counter counts the handles, at most ten times a second
   */
  Connections(Supplier<FreeHandles> counter, LongSupplier nanos, LimitsReached limits) {
    this.counter = counter;
    this.nanos = nanos;
    this.limits = limits;
    this.counted = counter.get();
    this.countedAt = nanos.getAsLong();
    this.left = counted.forConnections();
  }

  /** One has come, and has a handle; returns whether it may stay. */
  boolean came(String peer) {
    // Those that have ended since the count are not known, so it never takes one too many.
    left--;
    long now = nanos.getAsLong();
    if (now - countedAt >= (left < 0 ? OFTEN : RARELY).toNanos()) {
      counted = counter.get();
      countedAt = now;
      left = counted.forConnections();
    }
    if (left >= 0) {
      return true;
    }
    turnedAway(
        peer,
        "this process may have %d file handles and needs the last %d itself; raise its limit (`ulimit -n`, LimitNOFILE)"
            .formatted(counted.most(), counted.kept()));
    return false;
  }

  /** None can be taken, for that reason; they wait until one can. */
  void failed(Exception why) {
    turnedAway("a peer that waits", why.getMessage() + "; it is tried again");
  }

  private void turnedAway(String peer, String words) {
    limits.reached("Connections", "connections", "handles", peer, words);
    LOG.atWarn()
        .addKeyValue("peer", peer)
        .addKeyValue("reason", words)
        .log("A connection was turned away");
  }
}
