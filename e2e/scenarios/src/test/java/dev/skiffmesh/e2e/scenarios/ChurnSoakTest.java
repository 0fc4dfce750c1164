package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The control plane runs for a long time while services, policies and proxies come and go: it holds
 * no more at the end than at the beginning, and Envoy's calls do not fail.
 */
@RequiresEnvoy
@Tag("soak")
class ChurnSoakTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  /** How many parts the time has, with a look at the end of each. */
  private static final int LOOKS = 20;

  /** The first looks see a JVM that still loads classes and fills its caches. */
  private static final int WARM_UP = 5;

  /** Looks that are compared: the first ones after the warm-up, and the last ones. */
  private static final int COMPARED = 5;

  /** The mesh is never the same twice, so a median may differ by this without a leak. */
  private static final long HEAP_SLACK = 3 << 20;

  private static final int SLACK = 4;

  /** Long enough for the machine to do something else beside. */
  private static final Duration CHANGES_APART = Duration.ofMillis(200);

  private static final long CALLS_APART_NANOS = 200_000_000;

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void nothingGrows(@TempDir Path folder) {
    double minutes = Double.parseDouble(System.getProperty("skiff.soak.minutes", "20"));
    long seed = Long.getLong("skiff.seed", System.nanoTime());
    System.out.println("soak: " + minutes + " minutes, -Dskiff.seed=" + seed);
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder);
        ChurningMesh mesh =
            ChurningMesh.start(
                controlPlane::write, controlPlane::delete, v1, v2, seed, CHANGES_APART)) {
      controlPlane.await("/api/v1/services", answer -> !answer.get("items").isEmpty());
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        long calls = 0;
        List<ProcessFigures> looks = new ArrayList<>();
        try (ComingAndGoing proxies = ComingAndGoing.start(controlPlane.xdsPort(), seed)) {
          long begin = System.nanoTime();
          for (int i = 1; i <= LOOKS; i++) {
            long due = begin + (long) (TimeUnit.MINUTES.toNanos(1) * minutes * i / LOOKS);
            while (System.nanoTime() - due < 0) {
              LockSupport.parkNanos(CALLS_APART_NANOS);
              LoadLoop.Report report = caller.call("order.trading", 20);
              calls += report.calls();
              assertThat(report.failures()).as("calls").isEmpty();
            }
            ProcessFigures look = ProcessFigures.ofJvm(controlPlane.pid());
            looks.add(look);
            System.out.printf(
                "soak %d/%d: %s; %d changes, %d proxies came, %d calls%n",
                i, LOOKS, look, mesh.changes(), proxies.came(), calls);
          }
          assertThat(proxies.came()).as("proxies that came").isGreaterThan(LOOKS);
          assertThat(proxies.failure()).as("what went wrong with them").isEmpty();
        }
        assertThat(caller.envoy().stats("update_rejected").values()).containsOnly(0L);
        controlPlane.await("/api/v1/proxies", answer -> answer.get("items").size() == 1);
        isFlat("live heap in bytes", looks, ProcessFigures::heapBytes, HEAP_SLACK);
        isFlat("threads", looks, ProcessFigures::threads, SLACK);
        isFlat("file handles", looks, ProcessFigures::handles, ComingAndGoing.MOST);
        // All but one proxy are gone: what they held must be given back at once.
        Await.until(
            BOUND,
            "handles of proxies that are gone to be closed",
            () ->
                ProcessFigures.ofJvm(controlPlane.pid()).handles()
                    <= looks.getFirst().handles() + SLACK);
      }
    }
  }

  /** What was held last is no more than what was held after the warm-up, but for {@code slack}. */
  private static void isFlat(
      String what, List<ProcessFigures> looks, ToLongFunction<ProcessFigures> of, long slack) {
    long before = median(looks.subList(WARM_UP, WARM_UP + COMPARED), of);
    long after = median(looks.subList(LOOKS - COMPARED, LOOKS), of);
    System.out.printf("soak: %s: median %d, then %d%n", what, before, after);
    assertThat(after).as(what + ", all looks: " + looks).isLessThanOrEqualTo(before + slack);
  }

  private static long median(List<ProcessFigures> looks, ToLongFunction<ProcessFigures> of) {
    return looks.stream()
        .map(of::applyAsLong)
        .sorted(Comparator.naturalOrder())
        .toList()
        .get(looks.size() / 2);
  }
}
