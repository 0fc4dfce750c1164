package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.state.SavedService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configured sources, and those that only the state folder knows. Confined to the control
 * thread.
 */
final class Sources {

  private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

  private static final String ORPHAN =
      "The state folder knows services of a source that is not configured any more; they are"
          + " forgotten once all sources have answered. If it was renamed, its old name brings them"
          + " back";

  private final SortedMap<String, SourceState> byName = new TreeMap<>();
  private final List<SourceState> inOrder = new ArrayList<>();
  private final SortedSet<String> orphans = new TreeSet<>();

  /**
   * Of which nothing is known.
   *
   * @param configured in order of priority
   */
  Sources(List<ConfiguredSource> configured, Instant now) {
    for (ConfiguredSource one : configured) {
      SourceState source = new SourceState(one, now);
      byName.put(source.name(), source);
      inOrder.add(source);
    }
  }

  /** In order of priority; always the same. */
  List<SourceState> inOrder() {
    return Collections.unmodifiableList(inOrder);
  }

  /** Null if no such source is configured. */
  @Nullable SourceState get(String name) {
    return byName.get(name);
  }

  /** Tells whether each has told all it has at least once since the start. */
  boolean haveAllAnswered() {
    return inOrder.stream().allMatch(SourceState::wasSynced);
  }

  /** Tells whether nobody knows what one of the registries holds. */
  boolean isRegistryUnknown() {
    return inOrder.stream().anyMatch(SourceState::isUnknownRegistry);
  }

  /**
   * Brings back the services of one source.
   *
   * @return whether it is configured
   */
  boolean restore(String name, SortedMap<ServiceId, SavedService> services, Instant now) {
    SourceState source = byName.get(name);
    if (source == null) {
      orphans.add(name);
      LOG.atWarn().addKeyValue("source", name).addKeyValue("services", services.size()).log(ORPHAN);
      return false;
    }
    source.restoreServices(services, now);
    return true;
  }

  /**
   * Brings back a document.
   *
   * @return whether its source is configured
   */
  boolean restore(RawDocument document, Instant now) {
    SourceState source = byName.get(document.origin().source());
    if (source != null) {
      source.restoreDocument(document, now);
    }
    return source != null;
  }

  /** Sources that only the state folder knows; they are forgotten with this call. */
  List<String> takeOrphans() {
    List<String> taken = List.copyOf(orphans);
    orphans.clear();
    return taken;
  }

  /**
   * What is wrong with the sources.
   *
   * @param isServing whether proxies are served, with whatever is missing
   */
  List<Finding> findings(boolean isServing) {
    List<Finding> findings = new ArrayList<>();
    inOrder.forEach(source -> findings.addAll(source.findings()));
    if (isServing) {
      inOrder.forEach(source -> source.missing().ifPresent(findings::add));
    }
    orphans.forEach(orphan -> findings.add(Finding.of(FindingCode.NOTHING_KNOWN, orphan, ORPHAN)));
    return findings;
  }
}
