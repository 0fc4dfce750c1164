package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.ProxyReport;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Calls the broker, shows who answered, and shows what each change does to it. For one thread. */
final class DemoSession {

  /** Enough for a standard error below a percent point at 95/5. */
  private static final long FIRST_CALLS = 1_000;

  private static final long CALLS_AFTER_A_CHANGE = 500;

  /** A trickle between changes, so that a failure is seen when it happens. */
  private static final long TRICKLE = 10;

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration SYNC_BOUND = Duration.ofSeconds(30);

  /** An editor writes a file in several steps; what comes within this time is one change. */
  private static final Duration QUIET = Duration.ofMillis(250);

  private static final Duration SETTLE_BOUND = Duration.ofSeconds(5);

  /** As wide as a time of day and two spaces. */
  private static final String MARGIN = " ".repeat(10);

  private static final int WIDTH = 90;

  private final Supplier<MeshReport> reports;
  private final DataPlane dataPlane;
  private final BooleanSupplier stopping;
  private final PrintStream out;

  /**
   * A session.
   *
   * @param reports the newest report
   * @param stopping tells whether the demo is being ended, which makes calls fail
   */
  DemoSession(
      Supplier<MeshReport> reports,
      DataPlane dataPlane,
      BooleanSupplier stopping,
      PrintStream out) {
    this.reports = reports;
    this.dataPlane = dataPlane;
    this.stopping = stopping;
    this.out = out;
  }

  /**
   * Waits until the proxies are in sync, calls the broker and shows the split.
   *
   * @return false if not every proxy came in sync, or if a call failed
   */
  boolean firstRound() throws InterruptedException {
    Optional<MeshReport> synced = awaitSync();
    if (synced.isEmpty()) {
      out.println("The proxies are not in sync after " + SYNC_BOUND.toSeconds() + " s:");
      reports.get().proxies().forEach(proxy -> out.println("  " + state(proxy)));
      reports.get().findings().forEach(finding -> out.println("  " + finding));
      return false;
    }
    Split split = Split.of(dataPlane.call(FIRST_CALLS));
    out.println(FIRST_CALLS + " calls through the gateway; order was answered by");
    split.lines().forEach(line -> out.println("  " + line));
    return split.failed() == 0;
  }

  /** Shows each change until the thread is interrupted. */
  void watch() throws InterruptedException {
    MeshReport shown = reports.get();
    boolean told = false;
    while (true) {
      Thread.sleep(POLL);
      LoadLoop.Report trickle = dataPlane.call(TRICKLE);
      if (trickle.failed() > 0 && !told && !stopping.getAsBoolean()) {
        out.println(now() + "  calls fail: " + trickle.failures().getFirst());
        told = true;
      }
      if (!Changes.between(shown, reports.get()).isEmpty()) {
        MeshReport after = awaitQuiet();
        told = show(Changes.between(shown, after)).failed() > 0;
        shown = after;
      }
    }
  }

  private Split show(Changes changes) {
    out.println();
    List<String> lines = new ArrayList<>(changes.causes());
    lines.addAll(changes.pushes());
    String margin = now() + "  ";
    for (String line : lines) {
      for (String part : wrapped(line)) {
        out.println(margin + part);
        margin = MARGIN;
      }
    }
    if (changes.pushes().isEmpty()) {
      out.println(MARGIN + "nothing had to be pushed");
    }
    Split split = Split.of(dataPlane.call(CALLS_AFTER_A_CHANGE));
    out.println(MARGIN + split.line());
    return split;
  }

  /** The first report with every proxy in sync and none newer for a while, or the newest. */
  private MeshReport awaitQuiet() throws InterruptedException {
    long end = System.nanoTime() + SETTLE_BOUND.toNanos();
    MeshReport report = reports.get();
    long quietSince = System.nanoTime();
    while (System.nanoTime() - end < 0) {
      Thread.sleep(POLL);
      MeshReport newer = reports.get();
      if (newer.revision() != report.revision() && !Changes.between(report, newer).isEmpty()) {
        quietSince = System.nanoTime();
      }
      report = newer;
      if (System.nanoTime() - quietSince >= QUIET.toNanos()
          && report.proxies().stream().allMatch(ProxyReport::inSync)) {
        break;
      }
    }
    return report;
  }

  private Optional<MeshReport> awaitSync() throws InterruptedException {
    long end = System.nanoTime() + SYNC_BOUND.toNanos();
    while (System.nanoTime() - end < 0) {
      MeshReport report = reports.get();
      if (report.proxies().size() == dataPlane.proxies()
          && report.proxies().stream().allMatch(ProxyReport::inSync)) {
        return Optional.of(report);
      }
      Thread.sleep(POLL);
    }
    return Optional.empty();
  }

  private static String state(ProxyReport proxy) {
    return Changes.title(proxy) + (proxy.inSync() ? " in sync" : " not in sync " + proxy.types());
  }

  private static String now() {
    return LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Breaks at spaces; a word that is longer than a line stays whole. */
  static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
