package dev.skiffmesh.server.delivery;

import java.time.Instant;

/** Counts new streams by the second; thread-safe. */
final class NewStreamRate {

  private final int most;
  private long second = Long.MIN_VALUE;
  private int begun;

  NewStreamRate(int most) {
    this.most = most;
  }

  /** Tells whether one more may begin at {@code now}, and counts it if so. */
  synchronized boolean admits(Instant now) {
    if (now.getEpochSecond() != second) {
      second = now.getEpochSecond();
      begun = 0;
    }
    if (begun >= most) {
      return false;
    }
    begun++;
    return true;
  }
}
