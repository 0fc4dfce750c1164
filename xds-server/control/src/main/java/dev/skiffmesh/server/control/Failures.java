package dev.skiffmesh.server.control;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of Skiff's own work fails and is tried again: each a finding from its first failure until it
 * has passed, and a line in the log at its first failure and at each doubling of their number.
 * Confined to the control thread.
 */
final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  /**
   * The first wait but one: the first try follows at once, since what failed may have failed for
   * what came meanwhile.
   */
  private static final Duration SECOND_TRY = Duration.ofSeconds(1);

  /** What fails for ever costs two tries a minute. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** 2^5 seconds are above {@link #LONGEST_WAIT}. */
  private static final int MOST_DOUBLINGS = 5;

  private record Row(Instant since, int times, String why) {}

  private final SortedMap<String, Row> rows = new TreeMap<>();
  private final Clock clock;
  private final Runnable changed;

  /**
   * Nothing fails.
   *
   * @param changed told when something begins to fail, or fails no more
   */
  Failures(Clock clock, Runnable changed) {
    this.clock = clock;
    this.changed = changed;
  }

  /**
   * It has failed once more in a row.
   *
   * @param what a name that stays the same from failure to failure
   * @return how long to wait before the next try; zero after the first failure
   */
  Duration failed(String what, Throwable why) {
    Row before = rows.get(what);
    int times = before == null ? 1 : before.times() + 1;
    Instant since = before == null ? clock.instant() : before.since();
    rows.put(what, new Row(since, times, why.toString()));
    if (Integer.bitCount(times) == 1) {
      LOG.atError()
          .addKeyValue("what", what)
          .addKeyValue("times", times)
          .setCause(why)
          .log("Skiff failed at its own work and tries again; what was in force stays");
    }
    if (times == 1) {
      changed.run();
    }
    return waitAfter(times);
  }

  /** How long to wait after so many failures in a row. */
  static Duration waitAfter(int times) {
    if (times <= 1) {
      return Duration.ZERO;
    }
    Duration doubled = SECOND_TRY.multipliedBy(1L << Math.min(times - 2, MOST_DOUBLINGS));
    return doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
  }

  /** It has passed, or is no longer to be done. */
  void passed(String what) {
    Row before = rows.remove(what);
    if (before != null) {
      LOG.atInfo()
          .addKeyValue("what", what)
          .addKeyValue("times", before.times())
          .log("What failed has passed");
      changed.run();
    }
  }

  boolean isFailing(String what) {
    return rows.containsKey(what);
  }

  /** One for each that fails. */
  List<Finding> findings() {
    return rows.entrySet().stream().map(row -> finding(row.getKey(), row.getValue())).toList();
  }

  private static Finding finding(String what, Row row) {
    return Finding.of(
        FindingCode.TRANSLATION_FAILED,
        what,
        "Skiff has failed at it since %s (%s so far) and tries again; what was in force stays: %s"
            .formatted(
                row.since().truncatedTo(ChronoUnit.SECONDS),
                row.times() == 1 ? "once" : row.times() + " times",
                row.why()));
  }
}
