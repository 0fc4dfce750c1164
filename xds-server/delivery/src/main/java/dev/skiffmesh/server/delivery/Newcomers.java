package dev.skiffmesh.server.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Calls that have not yet said anything. A proxy writes its first message right behind the
 * beginning of its stream, so that there are few for a moment only; who stays silent holds no place
 * that anybody needs. When there are too many, the oldest goes and not the newest: a peer that is
 * silent a thousand times keeps nobody out. Thread-safe.
 */
final class Newcomers {

  /** One call; equal to itself alone. */
  static final class Newcomer {
    private final String host;
    private final long since;
    private final Consumer<DeliveryMetrics.Refusal> end;

    private Newcomer(String host, long since, Consumer<DeliveryMetrics.Refusal> end) {
      this.host = host;
      this.since = since;
      this.end = end;
    }
  }

  /** Runs something later. */
  @FunctionalInterface
  interface Alarm {
    void after(Duration wait, Runnable task);
  }

  private final int most;
  private final int mostOfHost;
  private final long patience;
  private final LongSupplier nanos;
  private final Alarm alarm;
  private final LinkedHashSet<Newcomer> byAge = new LinkedHashSet<>();
  private final Map<String, LinkedHashSet<Newcomer>> byHost = new HashMap<>();
  private boolean armed;

  /**
   * Nobody has come.
   *
   * @param most at a time
   * @param mostOfHost of one address at a time
   * @param patience how long one may be silent
   * @param nanos a monotonic clock
   */
  Newcomers(int most, int mostOfHost, Duration patience, LongSupplier nanos, Alarm alarm) {
    this.most = most;
    this.mostOfHost = mostOfHost;
    this.patience = patience.toNanos();
    this.nanos = nanos;
    this.alarm = alarm;
  }

  /**
   * One has come; another may go for it.
   *
   * @param end called at most once, on any thread, if it is sent away; not after {@link #leave}
   */
  Newcomer arrive(String host, Consumer<DeliveryMetrics.Refusal> end) {
    Newcomer newcomer = new Newcomer(host, nanos.getAsLong(), end);
    Newcomer crowded = null;
    synchronized (this) {
      LinkedHashSet<Newcomer> ofHost = byHost.computeIfAbsent(host, _ -> new LinkedHashSet<>());
      if (ofHost.size() >= mostOfHost) {
        crowded = ofHost.getFirst();
      } else if (byAge.size() >= most) {
        crowded = byAge.getFirst();
      }
      if (crowded != null) {
        remove(crowded);
      }
      byAge.add(newcomer);
      byHost.computeIfAbsent(host, _ -> new LinkedHashSet<>()).add(newcomer);
      arm();
    }
    if (crowded != null) {
      crowded.end.accept(DeliveryMetrics.Refusal.CROWDED_OUT);
    }
    return newcomer;
  }

  /** It has spoken, or is gone; false if it was sent away before. */
  synchronized boolean leave(Newcomer newcomer) {
    return remove(newcomer);
  }

  /** How many there are. */
  synchronized int size() {
    return byAge.size();
  }

  private boolean remove(Newcomer newcomer) {
    LinkedHashSet<Newcomer> ofHost = byHost.get(newcomer.host);
    if (ofHost != null) {
      ofHost.remove(newcomer);
      if (ofHost.isEmpty()) {
        byHost.remove(newcomer.host);
      }
    }
    return byAge.remove(newcomer);
  }

  /** One alarm for all: a flood of short calls costs no more than those that are there. */
  private void arm() {
    if (!armed && !byAge.isEmpty()) {
      armed = true;
      long rest = patience - (nanos.getAsLong() - byAge.getFirst().since);
      alarm.after(Duration.ofNanos(Math.max(1_000_000, rest)), this::sweep);
    }
  }

  private void sweep() {
    List<Newcomer> silent = new ArrayList<>();
    synchronized (this) {
      armed = false;
      long now = nanos.getAsLong();
      for (Iterator<Newcomer> all = byAge.iterator(); all.hasNext(); ) {
        Newcomer oldest = all.next();
        if (now - oldest.since < patience) {
          break;
        }
        silent.add(oldest);
      }
      silent.forEach(this::remove);
      arm();
    }
    silent.forEach(one -> one.end.accept(DeliveryMetrics.Refusal.SILENT));
  }
}
