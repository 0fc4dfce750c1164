package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Which limits of the port were reached lately: whoever is kept out by one is told here and not
 * only in its own log. Thread-safe.
 */
final class LimitsReached {

  /** Longer than a proxy's longest back-off, so that a finding does not come and go. */
  static final Duration LIFETIME = Duration.ofMinutes(5);

  private record Reached(String what, long times, String lastPeer, String words, long at) {}

  private final LongSupplier nanos;
  private final Runnable changed;
  private final Newcomers.Alarm alarm;
  private final SortedMap<String, Reached> reached = new TreeMap<>();
  private boolean told;

  /**
   * None was.
   *
   * @param changed told on any thread when there is something new, at most once a second
   */
  LimitsReached(LongSupplier nanos, Newcomers.Alarm alarm, Runnable changed) {
    this.nanos = nanos;
    this.alarm = alarm;
    this.changed = changed;
  }

  /**
   * One was.
   *
   * @param what is turned away, as a sentence begins with it
   * @param subject whose calls or connections it bounds
   * @param words what the limit is
   */
  void reached(String what, String subject, String limit, String peer, String words) {
    synchronized (this) {
      reached.merge(
          subject + " " + limit,
          new Reached(what, 1, peer, words, nanos.getAsLong()),
          (old, one) -> new Reached(what, old.times() + 1, one.lastPeer(), one.words(), one.at()));
      if (told) {
        return;
      }
      told = true;
    }
    alarm.after(Duration.ofSeconds(1), this::tell);
  }

  private void tell() {
    boolean any;
    synchronized (this) {
      told = false;
      any = !reached.isEmpty();
    }
    changed.run();
    if (any) {
      // Its end is news as well.
      alarm.after(LIFETIME.plusSeconds(1), changed);
    }
  }

  synchronized List<Finding> findings() {
    long now = nanos.getAsLong();
    reached.values().removeIf(one -> now - one.at() > LIFETIME.toNanos());
    List<Finding> findings = new ArrayList<>();
    reached.forEach(
        (limit, one) ->
            findings.add(
                Finding.of(
                    FindingCode.LIMIT_REACHED,
                    limit.substring(0, limit.indexOf(' ')),
                    "%s were turned away %d times, the last one from %s: %s"
                        .formatted(one.what(), one.times(), one.lastPeer(), one.words()))));
    return findings;
  }
}
