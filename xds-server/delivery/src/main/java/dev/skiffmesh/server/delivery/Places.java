package dev.skiffmesh.server.delivery;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many calls of a service may be open, and how many may begin within a second. Only calls that
 * have spoken count. Of a second's beginnings one address gets half at most, so that a peer in a
 * loop does not keep the others out; peers on this machine are not told apart. Thread-safe.
 */
final class Places {

  private static final long SECOND = 1_000_000_000L;

  private final int most;
  private final int mostPerSecond;
  private final LongSupplier nanos;
  private final Map<String, Integer> begunByHost = new HashMap<>();
  private int taken;
  private int begun;
  private long second;

  /**
   * All are free.
   *
   * @param nanos a monotonic clock
   */
  Places(int most, int mostPerSecond, LongSupplier nanos) {
    this.most = most;
    this.mostPerSecond = mostPerSecond;
    this.nanos = nanos;
    this.second = nanos.getAsLong();
  }

  int most() {
    return most;
  }

  int mostPerSecond() {
    return mostPerSecond;
  }

  /**
   * Takes a place; null if there was one, which is to be given back by {@link #leave}.
   *
   * @param host whose call it is
   * @param local whether that is this machine
   */
  synchronized DeliveryMetrics.@Nullable Refusal enter(String host, boolean local) {
    if (taken >= most) {
      return DeliveryMetrics.Refusal.TOO_MANY_STREAMS;
    }
    long now = nanos.getAsLong();
    if (now - second >= SECOND) {
      second = now;
      begun = 0;
      begunByHost.clear();
    }
    int ofHost = begunByHost.getOrDefault(host, 0);
    int share = local ? mostPerSecond : Math.max(1, mostPerSecond / 2);
    if (begun >= mostPerSecond || ofHost >= share) {
      return DeliveryMetrics.Refusal.TOO_FAST;
    }
    begun++;
    begunByHost.put(host, ofHost + 1);
    taken++;
    return null;
  }

  synchronized void leave() {
    taken--;
  }
}
