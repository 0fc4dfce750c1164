package dev.skiffmesh.e2e.scenarios;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a policy's changes take until a real Envoy's calls follow them, while something else
 * goes on. For one thread.
 */
final class Arrivals {

  /** The aim is a second; machines that do other things beside get this much. */
  private static final Duration LATEST = Duration.ofSeconds(20);

  private final ControlPlaneProcess controlPlane;
  private final Caller caller;
  private final List<Duration> times = new ArrayList<>();
  private String slowest = "";
  private int changes;
  private long residentBytes;

  /**
   * Of the policy {@code split}, which sends calls of {@code order} to one of two instances.
   *
   * @param caller calls it
   */
  Arrivals(ControlPlaneProcess controlPlane, Caller caller) {
    this.controlPlane = controlPlane;
    this.caller = caller;
  }

  /**
   * Sends all calls to the other version, and waits until they go there.
   *
   * @param meanwhile what goes on, for the message of a change that is late
   */
  void next(String meanwhile) {
    boolean second = changes++ % 2 == 0;
    long begin = System.nanoTime();
    controlPlane.write(
        "policies/split.yaml", MeshFiles.split("split", second ? 0 : 100, second ? 100 : 0));
    String version = second ? "order-v2" : "order-v1";
    Await.until(
        LATEST,
        version + " answers beside " + meanwhile,
        () -> caller.call("order.trading", 1).answeredBy(version) == 1);
    Duration time = Duration.ofNanos(System.nanoTime() - begin);
    if (times.stream().allMatch(other -> other.compareTo(time) < 0)) {
      slowest = meanwhile;
    }
    times.add(time);
    residentBytes = Math.max(residentBytes, ProcessFigures.of(controlPlane.pid()).residentBytes());
  }

  /** Begins to count anew. */
  void forget() {
    times.clear();
  }

  /** The most memory that the control plane had after a change. */
  long residentBytes() {
    return residentBytes;
  }

  @Override
  public String toString() {
    List<Long> sorted = times.stream().map(Duration::toMillis).sorted().toList();
    return "%d ms (median of %d), %d ms (95 %%), %d ms (longest, beside %s)"
        .formatted(
            sorted.get(sorted.size() / 2),
            sorted.size(),
            sorted.get(sorted.size() * 95 / 100),
            sorted.getLast(),
            slowest);
  }
}
