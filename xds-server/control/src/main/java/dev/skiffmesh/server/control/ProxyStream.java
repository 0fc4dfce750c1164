package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.ProxyView;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Reach;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** One live stream as the control loop sees it. Confined to the control thread. */
final class ProxyStream {

  final StreamId id;
  final ProxyIdentity identity;
  final String peer;

  /** Whether it carries all types (ADS); an Envoy has one such stream. */
  final boolean aggregated;

  final Instant since;
  final List<Finding> oddities;

  /** What was translated last, and from what; all null before the first translation. */
  @Nullable ProxyView view;

  /** With all runtime keys, also those that are withheld. */
  @Nullable Translation whole;

  /** What it is given. */
  @Nullable Translation translation;

  /** What it may ask for beyond that; null before the first translation. */
  @Nullable Reach reach;

  @Nullable Evaluation translatedFrom;

  /** The policies of {@link #translatedFrom}. */
  TreePMap<DocumentKey, Policy<?>> policies = TreePMap.empty();

  /** All replicas of its version of its service. */
  final SavedScope.Workload workload;

  /**
   * What it has or has asked for under {@code OnDemand}, which never shrinks while it lives: Envoy
   * answers 404 for a virtual host that was taken away and does not ask again.
   */
  SortedSet<ServiceId> kept = Immutable.sortedSet(Set.of());

  /**
   * What it has asked for or called while no registry knew its service, as where a proxy starts
   * before its application registers; written down once one does.
   */
  final NavigableSet<ServiceId> unbooked = new TreeSet<>();

  /** The names that it holds in {@link Assignments}. */
  @Nullable SortedSet<String> assignmentNames;

  /** Why the last translations failed; null if the last one did not. */
  @Nullable Failure failure;

  /** At most one translation runs for a stream; what comes meanwhile is one more after it. */
  boolean translating;

  boolean stale;

  /** The changes that the next translation answers. */
  List<Translating.Behind> behind = List.of();

  /**
   * A row of failures.
   *
   * @param times at least 1
   * @param retryAt when to try again
   */
  record Failure(Instant since, int times, String why, long retryAt) {}

  ProxyStream(
      StreamId id,
      ProxyIdentity identity,
      String peer,
      boolean aggregated,
      Instant since,
      List<Finding> oddities) {
    this.id = id;
    this.identity = identity;
    this.peer = peer;
    this.aggregated = aggregated;
    this.since = since;
    this.oddities = List.copyOf(oddities);
    this.workload =
        new SavedScope.Workload(
            identity.workload().service(),
            identity.workload().labels().getOrDefault("version", ""));
  }

  /** It has those too, or has asked for them, see {@link #kept}. */
  void keep(Collection<ServiceId> more) {
    if (!kept.containsAll(more)) {
      SortedSet<ServiceId> all = new TreeSet<>(kept);
      all.addAll(more);
      kept = Immutable.sortedSet(all);
    }
  }
}
