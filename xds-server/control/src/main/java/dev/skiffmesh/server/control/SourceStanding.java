package dev.skiffmesh.server.control;

import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.status.SourceReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How one source is doing and what it cannot read, without what it holds. Confined to the control
 * thread.
 */
final class SourceStanding {

  private final String name;
  private final SortedMap<String, SourceEvent.PortionFindings> troubles = new TreeMap<>();
  private SourceReport.State state = SourceReport.State.STARTING;
  private Instant since;
  private String reason = "";
  private @Nullable Instant lastEventAt;
  private boolean everSynced;
  private boolean restored;

  /** A source that has said nothing since {@code now}. */
  SourceStanding(String name, Instant now) {
    this.name = name;
    this.since = now;
  }

  /** A restart brought back something of it. */
  void restored(Instant now) {
    restored = true;
    become(SourceReport.State.STALE, "", now);
  }

  /** It has said something. */
  void heard(Instant now) {
    lastEventAt = now;
  }

  /** It has told all that it has. */
  void synced(Instant now) {
    everSynced = true;
    become(SourceReport.State.SYNCED, "", now);
  }

  /** It cannot be reached any more; {@code why} is its own sentence. */
  void lost(String why, Instant now) {
    become(SourceReport.State.LOST, why, now);
  }

  /** A portion has been looked at: what is wrong with it, or nothing any more. */
  void looked(SourceEvent.PortionFindings trouble) {
    if (trouble.findings().isEmpty() && !trouble.unreadable()) {
      troubles.remove(trouble.portion());
    } else {
      troubles.put(trouble.portion(), trouble);
    }
  }

  private void become(SourceReport.State next, String why, Instant now) {
    if (state != next) {
      state = next;
      since = now;
    }
    reason = why;
  }

  SourceReport.State state() {
    return state;
  }

  /** When it came into its state. */
  Instant since() {
    return since;
  }

  /** The source's own sentence while it is lost, else empty. */
  String reason() {
    return reason;
  }

  /** Null if it has said nothing since the start. */
  @Nullable Instant lastEventAt() {
    return lastEventAt;
  }

  boolean isSynced() {
    return state == SourceReport.State.SYNCED;
  }

  /** Tells whether it has been synced at least once since the start. */
  boolean wasSynced() {
    return everSynced;
  }

  /**
   * Tells whether nobody knows what it holds: it has never told all of it, neither since the start
   * nor, as far as the state folder knows, before.
   */
  boolean isUnknown() {
    return !everSynced && !restored;
  }

  /** Tells whether the content of a portion, or of a folder above it, cannot be read now. */
  boolean isOutOfSight(String portion) {
    return troubles.values().stream()
        .filter(SourceEvent.PortionFindings::unreadable)
        .anyMatch(
            trouble ->
                portion.equals(trouble.portion()) || portion.startsWith(trouble.portion() + "/"));
  }

  /** What is wrong with the source and what it reads. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    troubles.values().forEach(trouble -> findings.addAll(trouble.findings()));
    if (state == SourceReport.State.LOST) {
      findings.add(Finding.of(FindingCode.SOURCE_LOST, name, reason));
    }
    if (restored && !everSynced) {
      findings.add(
          Finding.of(
              FindingCode.SERVED_STALE,
              name,
              "What is served comes from the state folder until the source '%s' has answered"
                  .formatted(name)));
    }
    return findings;
  }

  /** One sentence if something of this source is missing or old. */
  Optional<String> note() {
    String lost = state == SourceReport.State.LOST ? ": " + reason : "";
    if (everSynced) {
      return lost.isEmpty()
          ? Optional.empty()
          : Optional.of("'%s' is lost%s; what it said last is served".formatted(name, lost));
    }
    return Optional.of(
        restored
            ? "'%s' has not answered yet%s; what it said before the restart is served"
                .formatted(name, lost)
            : "'%s' has not answered yet%s; what it holds is missing".formatted(name, lost));
  }
}
