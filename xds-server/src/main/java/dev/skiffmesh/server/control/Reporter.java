package dev.skiffmesh.server.control;

import dev.skiffmesh.server.delivery.StreamInspector;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.ProxyReport;
import dev.skiffmesh.server.status.ReportAssembler;
import dev.skiffmesh.server.status.ReportInput;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the report young: gathers changes for a moment, assembles on the pool, one report at a
 * time. Confined to the control thread, except for {@link #report}.
 */
final class Reporter {

  private static final Logger LOG = LoggerFactory.getLogger(Reporter.class);

  /** Reporting takes at most a tenth of one processor, whatever the size of the mesh. */
  private static final int SHARE = 10;

  /**
   * While a proxy is out of sync the report is made again after this time at the latest, since a
   * proxy that turns out to have everything already answers nothing.
   */
  private static final Duration UNSETTLED = Duration.ofMillis(500);

  private final ControlThreads threads;
  private final Duration delay;
  private final ControlMetrics metrics;
  private final ReportAssembler assembler;
  private final LongFunction<ReportInput> input;
  private volatile MeshReport report;
  private long revision;
  private long lastTook;
  private boolean armed;
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
      StreamInspector inspector,
      Instant now,
      LongFunction<ReportInput> input) {
    this.threads = threads;
    this.delay = delay;
    this.metrics = metrics;
    this.assembler = new ReportAssembler(inspector);
    this.input = input;
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
    if (!armed) {
      armed = true;
      Duration polite = Duration.ofNanos(lastTook * SHARE);
      threads.controlAfter(polite.compareTo(wait) > 0 ? polite : wait, this::assemble);
    }
  }

  private void assemble() {
    armed = false;
    if (assembling) {
      again = true;
      return;
    }
    assembling = true;
    ReportInput now = input.apply(++revision);
    threads.translation(
        () -> {
          long start = threads.nanos();
          try {
            report = assembler.assemble(now);
          } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("The report could not be made; the last one stays");
          }
          long took = threads.nanos() - start;
          threads.control(() -> assembled(took));
        });
  }

  private void assembled(long took) {
    assembling = false;
    lastTook = took;
    MeshReport newest = report;
    int outOfSync = (int) newest.proxies().stream().filter(proxy -> !proxy.inSync()).count();
    metrics.proxies(newest.proxies().size(), outOfSync);
    if (again) {
      again = false;
      changed();
    } else if (newest.proxies().stream().anyMatch(Reporter::isUnsettled)) {
      arm(UNSETTLED);
    }
  }

  private static boolean isUnsettled(ProxyReport proxy) {
    return !proxy.inSync();
  }
}
