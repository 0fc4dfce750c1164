package dev.skiffmesh.server.control;

import dev.skiffmesh.server.delivery.StreamInspector;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.ProxyReport;
import dev.skiffmesh.server.status.Pulse;
import dev.skiffmesh.server.status.ReportAssembler;
import dev.skiffmesh.server.status.ReportInput;
import dev.skiffmesh.server.status.Vitals;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongFunction;

/**
 * Keeps the report young: gathers changes for a moment, assembles on the pool, one report at a
 * time. Confined to the control thread, except for {@link #report}.
 */
final class Reporter {

  /** Reporting takes at most a tenth of one processor, whatever the size of the mesh. */
  private static final int SHARE = 10;

  /**
   * While a proxy is out of sync the report is made again after this time at the latest, since a
   * proxy that turns out to have everything already answers nothing.
   */
  private static final Duration UNSETTLED = Duration.ofMillis(500);

  /** However long one report takes, the next one begins so soon after it. */
  private static final Duration MOST_POLITE = Duration.ofSeconds(20);

  private static final String WHAT = "the report";

  private final ControlThreads threads;
  private final Duration delay;
  private final ControlMetrics metrics;
  private final StreamInspector inspector;
  private ReportAssembler assembler;
  private final LongFunction<ReportInput> input;
  private final Failures failures;
  private final Pulse pulse;
  private final Alarm alarm;
  private volatile MeshReport report;
  private long revision;
  private long lastTook;
  private boolean assembling;
  private boolean again;

  /**
   * Nothing is reported yet.
   *
   * @param input what is known now, for the report of that revision
   */
  Reporter(
      ControlThreads threads,
      Duration delay,
      ControlMetrics metrics,
      Failures failures,
      Vitals vitals,
      StreamInspector inspector,
      Instant now,
      LongFunction<ReportInput> input) {
    this.threads = threads;
    this.delay = delay;
    this.metrics = metrics;
    this.inspector = inspector;
    this.assembler = new ReportAssembler(inspector);
    this.input = input;
    this.failures = failures;
    this.pulse = vitals.of(Vitals.Part.REPORT);
    this.alarm = new Alarm(threads, failures, "gathering for the report", this::assemble);
    this.report = MeshReport.starting(now);
  }

  /** The newest report; on any thread. */
  MeshReport report() {
    return report;
  }

  /** There is something new to say. */
  void changed() {
    arm(delay);
  }

  private void arm(Duration wait) {
    pulse.expected();
    Duration polite = Duration.ofNanos(Math.min(lastTook * SHARE, MOST_POLITE.toNanos()));
    alarm.within(polite.compareTo(wait) > 0 ? polite : wait);
  }

  private void assemble() {
    if (assembling) {
      again = true;
      return;
    }
    ReportInput now = input.apply(++revision);
    long start = threads.nanos();
    ReportAssembler by = assembler;
    assembling = true;
    Errand.run(
        threads,
        () -> by.assemble(now),
        made -> assembled(made, threads.nanos() - start),
        this::failed);
  }

  private void failed(Throwable why) {
    assembling = false;
    again = false;
    // What it remembers of earlier reports may be half of this one.
    assembler = new ReportAssembler(inspector);
    alarm.within(failures.failed(WHAT, why));
  }

  private void assembled(MeshReport newest, long took) {
    assembling = false;
    report = newest;
    lastTook = took;
    metrics.reported(Duration.ofNanos(took));
    pulse.came();
    failures.passed(WHAT);
    if (again) {
      again = false;
      changed();
    } else if (newest.proxies().stream().anyMatch(Reporter::isUnsettled)) {
      arm(UNSETTLED);
    }
    int outOfSync = (int) newest.proxies().stream().filter(Reporter::isUnsettled).count();
    metrics.proxies(newest.proxies().size(), outOfSync);
  }

  private static boolean isUnsettled(ProxyReport proxy) {
    return !proxy.inSync();
  }
}
