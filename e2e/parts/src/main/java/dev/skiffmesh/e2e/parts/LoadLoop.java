package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * Calls a proxy over and over from a number of threads, each on its own connection and each waiting
 * for its answer, and counts what came back by status and by who answered.
 */
public final class LoadLoop implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int LEAST_ERROR = 400;
  private static final int FAILURES_KEPT = 10;
  private static final int TIMES_KEPT = 100_000;

  private final Target target;
  private final long most;
  private final AtomicLong begun = new AtomicLong();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private final Object lock = new Object();

  // Guarded by lock.
  private final SortedMap<Integer, Long> byStatus = new TreeMap<>();
  private final SortedMap<String, Long> byAnswerer = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();
  private final List<Duration> times = new ArrayList<>();
  private long calls;
  private long failed;

  private LoadLoop(Target target, long most) {
    this.target = target;
    this.most = most;
  }

  /**
   * What is called.
   *
   * @param port of the proxy, on loopback
   * @param path for example {@code /}
   * @param headers of the n-th call, {@code host} among them; asked from several threads
   */
  public record Target(int port, String path, LongFunction<Map<String, String>> headers) {

    /** The same headers in every call: {@code host} alone. */
    public static Target of(int port, String host, String path) {
      Map<String, String> headers = Map.of("host", host);
      return new Target(port, path, _ -> headers);
    }
  }

  /**
   * What came back until now.
   *
   * @param calls that ended, in one way or another
   * @param failed calls with a status of 400 and above: a host or path that nobody knows is one, or
   *     without an answer
   * @param byStatus calls by status; without an answer 0
   * @param byAnswerer answers by {@link HttpService#ANSWERED_BY}, an empty string if it is missing
   * @param failures the first ten failures, in words
   * @param times how long the first 100,000 calls took, in no order
   */
  public record Report(
      long calls,
      long failed,
      SortedMap<Integer, Long> byStatus,
      SortedMap<String, Long> byAnswerer,
      List<String> failures,
      List<Duration> times) {

    /** The time within which that share of the calls ended: 0.5 for the median. */
    public Duration within(double share) {
      List<Duration> sorted = times.stream().sorted().toList();
      return sorted.get((int) Math.min(sorted.size() - 1, Math.round(sorted.size() * share)));
    }

    /** How many answers came from instances whose id begins so, for example {@code order-v1}. */
    public long answeredBy(String prefix) {
      return byAnswerer.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith(prefix))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  /**
   * Makes so many calls and returns what came back.
   *
   * @param threads how many calls are in flight at most
   */
  public static Report run(Target target, long calls, int threads) {
    try (LoadLoop loop = begin(target, calls, threads)) {
      loop.join();
      return loop.report();
    }
  }

  /**
   * Starts to call without end, until it is closed.
   *
   * @param threads how many calls are in flight at most
   */
  public static LoadLoop start(Target target, int threads) {
    return begin(target, Long.MAX_VALUE, threads);
  }

  /** What came back since the start; may be asked at any time. */
  public Report report() {
    synchronized (lock) {
      return new Report(
          calls,
          failed,
          Collections.unmodifiableSortedMap(new TreeMap<>(byStatus)),
          Collections.unmodifiableSortedMap(new TreeMap<>(byAnswerer)),
          List.copyOf(failures),
          List.copyOf(times));
    }
  }

  /** Lets the calls in flight end and returns when they have. */
  @Override
  public void close() {
    stopped.set(true);
    join();
  }

  private static LoadLoop begin(Target target, long calls, int threads) {
    LoadLoop loop = new LoadLoop(target, calls);
    for (int i = 0; i < threads; i++) {
      loop.threads.add(Thread.ofVirtual().name("load-" + i).start(loop::callOver));
    }
    return loop;
  }

  private void callOver() {
    try (HttpConnection connection = new HttpConnection(target.port(), TIMEOUT)) {
      while (!stopped.get()) {
        long number = begun.getAndIncrement();
        if (number >= most) {
          return;
        }
        callOnce(connection, number);
      }
    }
  }

  private void callOnce(HttpConnection connection, long number) {
    long start = System.nanoTime();
    try {
      HttpConnection.Response response =
          connection.get(target.path(), target.headers().apply(number));
      String answerer = response.header(HttpService.ANSWERED_BY);
      synchronized (lock) {
        byAnswerer.merge(answerer, 1L, Long::sum);
        if (times.size() < TIMES_KEPT) {
          times.add(Duration.ofNanos(System.nanoTime() - start));
        }
        ended(
            response.status(),
            response.status() >= LEAST_ERROR
                ? "call " + number + ": " + response.status() + " " + response.body().strip()
                : "");
      }
    } catch (IOException | RuntimeException e) {
      synchronized (lock) {
        ended(0, "call " + number + ": " + e);
      }
    }
  }

  /** Called with the lock held. */
  private void ended(int status, String failure) {
    calls++;
    byStatus.merge(status, 1L, Long::sum);
    if (!failure.isEmpty()) {
      failed++;
      if (failures.size() < FAILURES_KEPT) {
        failures.add(failure);
      }
    }
  }

  private void join() {
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        stopped.set(true);
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
