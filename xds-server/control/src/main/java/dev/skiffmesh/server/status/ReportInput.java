package dev.skiffmesh.server.status;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.Scope;
import dev.skiffmesh.translator.Translation;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the control loop knew at one moment, taken together so that a report can be made of it on
 * another thread. Immutable.
 *
 * @param evaluation of the world; null before the first
 * @param entries all policy documents
 * @param streams the live ones
 * @param learned what workloads use, as far as it is known
 * @param findings all but those that follow from {@code entries} and {@code streams}
 */
public record ReportInput(
    long revision,
    Instant at,
    Readiness readiness,
    World world,
    @Nullable Evaluation evaluation,
    SortedMap<DocumentKey, LedgerEntry> entries,
    List<SourceReport> sources,
    List<Stream> streams,
    List<SavedScope> learned,
    List<Finding> findings) {

  /** Copies the lists; the entries must never change. */
  public ReportInput {
    sources = List.copyOf(sources);
    streams = List.copyOf(streams);
    learned = List.copyOf(learned);
    findings = List.copyOf(findings);
  }

  /**
   * One live stream.
   *
   * @param workload all replicas of its version of its service
   * @param current whether its translation is of the newest world
   * @param policies those that its translation is of; empty before the first
   * @param translation null before the first
   * @param snapshot null before the first translation
   * @param scope what it is sent; null before the first translation
   */
  public record Stream(
      StreamId id,
      ProxyIdentity identity,
      SavedScope.Workload workload,
      String peer,
      Instant since,
      boolean current,
      SortedMap<DocumentKey, Policy<?>> policies,
      @Nullable Translation translation,
      @Nullable ProxySnapshot snapshot,
      @Nullable Scope scope) {}
}
