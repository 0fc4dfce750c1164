package dev.skiffmesh.server.status;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether Skiff itself is well: the pulses of its parts, looked at from outside of them, so that a
 * part that stands still cannot hide it. Thread-safe.
 */
public final class Vitals {

  /**
   * The loop's queue is empty within milliseconds; a new process is better off by far after this.
   * What it serves comes from the state folder, and proxies keep what they have meanwhile.
   */
  private static final Duration DEAD = Duration.ofSeconds(30);

  /** What must come back. */
  public enum Part {
    /** A task through the queue of the control thread, which takes milliseconds. */
    LOOP("control loop", Duration.ofSeconds(5)),
    /** From gathered changes to a world in force: milliseconds, in a large mesh a second or two. */
    ROUND("round", Duration.ofSeconds(30)),
    /** A report that something new is to be seen in. */
    REPORT("report", Duration.ofMinutes(1)),
    /** A write that has taken so long may never end: the disk is away. */
    STATE_FOLDER("state folder", Duration.ofSeconds(30)),
    /** A store takes what is said and writes it on a thread of its own. */
    STATUS_PUBLISHER("status publisher", Duration.ofSeconds(30));

    private final String title;
    private final Duration bound;

    Part(String title, Duration bound) {
      this.title = title;
      this.bound = bound;
    }

    /** How long it may be expected. */
    public Duration bound() {
      return bound;
    }
  }

  private final Map<Part, Pulse> pulses = new EnumMap<>(Part.class);
  private final Pulse loop;

  /**
   * Nothing is expected of anybody.
   *
   * @param nanos time that only runs forward
   */
  public Vitals(LongSupplier nanos) {
    for (Part part : Part.values()) {
      pulses.put(part, new Pulse(part.title, part.bound, nanos));
    }
    this.loop = of(Part.LOOP);
  }

  /** That of one part. */
  public Pulse of(Part part) {
    return pulses.get(part);
  }

  /** All of them. */
  public List<Pulse> pulses() {
    return List.copyOf(pulses.values());
  }

  /** Why this process should be replaced; empty while it is alive. */
  public Optional<String> dead() {
    return loop.age().compareTo(DEAD) > 0 ? Optional.of(sentence(loop)) : Optional.empty();
  }

  /** One for each part that stands still. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (Pulse pulse : pulses.values()) {
      if (pulse.isStill()) {
        findings.add(Finding.of(FindingCode.STANDS_STILL, pulse.part(), sentence(pulse)));
      }
    }
    return findings;
  }

  private static String sentence(Pulse pulse) {
    // By tens, so that one standstill is not a new finding with each second.
    long seconds = pulse.age().toSeconds() / 10 * 10;
    return "The %s must come back within %d s and has been waited for %s; what it does for others waits as well"
        .formatted(
            pulse.part(),
            pulse.bound().toSeconds(),
            seconds == 0 ? "longer" : seconds + " s or more");
  }

  /** The same report with what a control loop that stands still cannot say of itself. */
  public MeshReport over(MeshReport report) {
    List<Finding> still = findings();
    if (still.isEmpty()) {
      return report;
    }
    List<Finding> findings = new ArrayList<>(still);
    findings.addAll(report.findings());
    List<String> notes = new ArrayList<>(report.readiness().notes());
    still.forEach(finding -> notes.add(finding.message()));
    return report.with(
        new Readiness(report.readiness().ready() && !loop.isStill(), notes), findings);
  }
}
