package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.DeliveryRules;
import dev.skiffmesh.server.guard.HeldBack;
import dev.skiffmesh.server.guard.ShrinkGuard;
import dev.skiffmesh.server.state.SavedService;
import dev.skiffmesh.server.status.Sightings;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.server.status.SourceRole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * What one source has said so far, and what a restart brought back of what it said before.
 *
 * <p>Confined to the control thread. What is restored is <em>unconfirmed</em> until the source says
 * it again; {@link #unsaid} tells what a synced source has not said again.
 */
final class SourceState implements ShrinkGuard.Kept {

  /** What a change of this state touches. */
  record Touched(SortedSet<ServiceId> services, SortedSet<DocumentKey> documents) {
    static Touched nothing() {
      return new Touched(new TreeSet<>(), new TreeSet<>());
    }
  }

  private final ConfiguredSource configured;
  private SourceReport.State state = SourceReport.State.STARTING;
  private Instant since;
  private String reason = "";
  private @Nullable Instant lastEventAt;
  private boolean everSynced;
  private boolean restored;

  private final SortedMap<String, SortedMap<ServiceId, Service>> scopes = new TreeMap<>();
  private final Map<ServiceId, SortedSet<String>> scopesOf = new HashMap<>();
  private TreePMap<ServiceId, SavedService> services = TreePMap.empty();
  private TreePMap<ServiceId, Sightings> sightings = TreePMap.empty();
  private int endpoints;
  private final Map<ServiceId, EndpointSet> early = new HashMap<>();
  private final SortedMap<DocumentKey, RawDocument> documents = new TreeMap<>();
  private final SortedMap<String, SourceEvent.ScopeFindings> troubles = new TreeMap<>();
  private final Map<String, Set<ServiceId>> unconfirmedServices = new HashMap<>();
  private final Set<ServiceId> unconfirmedEndpoints = new HashSet<>();
  private final Set<DocumentKey> unconfirmedDocuments = new HashSet<>();

  SourceState(ConfiguredSource configured, Instant now) {
    this.configured = configured;
    this.since = now;
  }

  String name() {
    return configured.source().name();
  }

  /** Tells whether people write what it holds, so that it means what it says at once. */
  boolean isWritten() {
    return configured.source().isWritten();
  }

  /** What is in force of its services; the map is persistent and may be kept. */
  @Override
  public TreePMap<ServiceId, SavedService> services() {
    return services;
  }

  @Override
  public SortedMap<ServiceId, Service> scope(String scope) {
    return Collections.unmodifiableSortedMap(scopes.getOrDefault(scope, new TreeMap<>()));
  }

  /** The document of that key as the source has it. */
  Optional<RawDocument> document(DocumentKey key) {
    return Optional.ofNullable(documents.get(key));
  }

  /** Tells whether the document is known from before the restart alone. */
  boolean isUnconfirmed(DocumentKey key) {
    return unconfirmedDocuments.contains(key);
  }

  /**
   * Tells whether the source has lately been seen to hold the document, so that what it harms may
   * go on: the source has answered within the life of a runtime key, and the document was among
   * what could be read.
   */
  boolean vouchesFor(DocumentKey key) {
    RawDocument document = documents.get(key);
    return document != null
        && !isUnconfirmed(key)
        && !isOutOfSight(document.origin().scope())
        && configured
            .source()
            .silence()
            .filter(silence -> silence.compareTo(DeliveryRules.RUNTIME_TTL) < 0)
            .isPresent();
  }

  /** A folder that cannot be listed hides the files in it. */
  private boolean isOutOfSight(String scope) {
    return troubles.values().stream()
        .filter(SourceEvent.ScopeFindings::unreadable)
        .anyMatch(
            trouble -> scope.equals(trouble.scope()) || scope.startsWith(trouble.scope() + "/"));
  }

  SourceReport.State state() {
    return state;
  }

  /** The source's own sentence while it is lost, else empty. */
  String reason() {
    return reason;
  }

  boolean isSynced() {
    return state == SourceReport.State.SYNCED;
  }

  /** Tells whether it has been synced at least once since the start. */
  boolean wasSynced() {
    return everSynced;
  }

  void restoreServices(SortedMap<ServiceId, SavedService> saved, Instant now) {
    saved.forEach(
        (id, service) -> {
          scopes.computeIfAbsent(service.scope(), _ -> new TreeMap<>()).put(id, service.service());
          scopesOf.computeIfAbsent(id, _ -> new TreeSet<>()).add(service.scope());
          put(id, service, now);
          unconfirmedServices.computeIfAbsent(service.scope(), _ -> new HashSet<>()).add(id);
          unconfirmedEndpoints.add(id);
        });
    markRestored(now);
  }

  void restoreDocument(RawDocument document, Instant now) {
    documents.put(document.key(), document);
    unconfirmedDocuments.add(document.key());
    markRestored(now);
  }

  private void markRestored(Instant now) {
    restored = true;
    become(SourceReport.State.STALE, "", now);
  }

  /** Takes in one event; what it touches may turn out to be as it was. */
  Touched apply(SourceEvent event, Instant now) {
    lastEventAt = now;
    Touched touched = Touched.nothing();
    switch (event) {
      case SourceEvent.ServicesReplaced(String scope, SortedMap<ServiceId, Service> said) ->
          replaceServices(scope, said, touched.services());
      case SourceEvent.EndpointsReplaced(ServiceId id, EndpointSet endpoints) -> {
        if (replaceEndpoints(id, endpoints)) {
          touched.services().add(id);
        }
      }
      case SourceEvent.PolicyPut(RawDocument document) -> {
        boolean confirmed = unconfirmedDocuments.remove(document.key());
        RawDocument before = documents.put(document.key(), document);
        if (confirmed || !document.equals(before)) {
          touched.documents().add(document.key());
        }
      }
      case SourceEvent.PolicyDeleted(DocumentKey key) -> {
        unconfirmedDocuments.remove(key);
        if (documents.remove(key) != null) {
          touched.documents().add(key);
        }
      }
      case SourceEvent.ScopeFindings trouble -> {
        if (trouble.findings().isEmpty() && !trouble.unreadable()) {
          troubles.remove(trouble.scope());
        } else {
          troubles.put(trouble.scope(), trouble);
        }
      }
      case SourceEvent.Synced _ -> {
        everSynced = true;
        become(SourceReport.State.SYNCED, "", now);
      }
      case SourceEvent.Lost(String why) -> become(SourceReport.State.LOST, why, now);
    }
    return touched;
  }

  private void become(SourceReport.State next, String why, Instant now) {
    if (state != next) {
      state = next;
      since = now;
    }
    reason = why;
  }

  private void replaceServices(
      String scope, SortedMap<ServiceId, Service> said, SortedSet<ServiceId> touched) {
    Set<ServiceId> unconfirmed = unconfirmedServices.remove(scope);
    SortedMap<ServiceId, Service> content = said;
    if (unconfirmed != null && isUnreadable(scope)) {
      // What could not be read may still be there.
      unconfirmed.removeAll(said.keySet());
      content = new TreeMap<>(said);
      SortedMap<ServiceId, Service> known = scopes.get(scope);
      for (ServiceId id : unconfirmed) {
        content.put(id, known.get(id));
      }
      unconfirmedServices.put(scope, unconfirmed);
    }
    setContent(scope, content, touched);
  }

  private void setContent(
      String scope, SortedMap<ServiceId, Service> content, SortedSet<ServiceId> touched) {
    SortedMap<ServiceId, Service> before =
        content.isEmpty() ? scopes.remove(scope) : scopes.put(scope, content);
    if (before != null) {
      for (ServiceId id : before.keySet()) {
        if (!content.containsKey(id)) {
          SortedSet<String> holders = scopesOf.get(id);
          holders.remove(scope);
          if (holders.isEmpty()) {
            scopesOf.remove(id);
          }
          refresh(id, touched);
        }
      }
    }
    for (ServiceId id : content.keySet()) {
      scopesOf.computeIfAbsent(id, _ -> new TreeSet<>()).add(scope);
      refresh(id, touched);
    }
  }

  /** While two scopes hold a service (one is about to drop it) the first by name counts. */
  private void refresh(ServiceId id, SortedSet<ServiceId> touched) {
    SavedService before = services.get(id);
    SortedSet<String> holders = scopesOf.get(id);
    if (holders == null) {
      unconfirmedEndpoints.remove(id);
      if (before != null) {
        services = services.minus(id);
        sightings = sightings.minus(id);
        endpoints -= before.endpoints().endpoints().size();
        touched.add(id);
      }
      return;
    }
    String scope = holders.first();
    EndpointSet endpoints = before == null ? early.remove(id) : before.endpoints();
    SavedService now =
        new SavedService(
            scope, scopes.get(scope).get(id), endpoints == null ? EndpointSet.EMPTY : endpoints);
    if (!now.equals(before)) {
      put(id, now, lastEventAt == null ? since : lastEventAt);
      touched.add(id);
    }
  }

  private void put(ServiceId id, SavedService service, Instant now) {
    SavedService known = services.get(id);
    endpoints +=
        service.endpoints().endpoints().size()
            - (known == null ? 0 : known.endpoints().endpoints().size());
    services = services.plus(id, service);
    Sightings before = sightings.get(id);
    if (before == null || !before.endpoints().equals(service.endpoints())) {
      sightings = sightings.plus(id, Sightings.of(before, service.endpoints(), now));
    }
  }

  private boolean replaceEndpoints(ServiceId id, EndpointSet endpoints) {
    unconfirmedEndpoints.remove(id);
    SavedService before = services.get(id);
    if (before == null) {
      // Nobody knows the service yet; its announcement will find them.
      early.put(id, endpoints);
      return false;
    }
    if (before.endpoints().equals(endpoints)) {
      return false;
    }
    put(
        id,
        new SavedService(before.scope(), before.service(), endpoints),
        lastEventAt == null ? since : lastEventAt);
    return true;
  }

  /**
   * What a restart brought back of services and a synced source has not said again, as events that
   * say that it is gone; nothing of an unreadable scope. Harmless at any time; it is called when a
   * burst of events has ended, so that a scope that has just become readable again has told its
   * content.
   */
  List<SourceEvent> unsaid() {
    List<SourceEvent> events = new ArrayList<>();
    if (!isSynced()) {
      return events;
    }
    Set<ServiceId> gone = new HashSet<>();
    unconfirmedServices.forEach(
        (scope, unconfirmed) -> {
          if (!isUnreadable(scope)) {
            SortedMap<ServiceId, Service> told = new TreeMap<>(scopes.get(scope));
            told.keySet().removeAll(unconfirmed);
            gone.addAll(unconfirmed);
            events.add(new SourceEvent.ServicesReplaced(scope, told));
          }
        });
    for (ServiceId id : unconfirmedEndpoints) {
      if (!gone.contains(id) && !isUnreadable(services.get(id).scope())) {
        events.add(new SourceEvent.EndpointsReplaced(id, EndpointSet.EMPTY));
      }
    }
    return events;
  }

  /** Drops documents that a restart brought back and a synced source has not said again. */
  SortedSet<DocumentKey> dropUnsaid() {
    SortedSet<DocumentKey> dropped = new TreeSet<>();
    if (isSynced()) {
      for (DocumentKey key : List.copyOf(unconfirmedDocuments)) {
        if (!isUnreadable(documents.get(key).origin().scope())) {
          unconfirmedDocuments.remove(key);
          documents.remove(key);
          dropped.add(key);
        }
      }
    }
    return dropped;
  }

  private boolean isUnreadable(String scope) {
    SourceEvent.ScopeFindings trouble = troubles.get(scope);
    return trouble != null && trouble.unreadable();
  }

  /** What is wrong with the source and what it reads. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    troubles.values().forEach(trouble -> findings.addAll(trouble.findings()));
    if (state == SourceReport.State.LOST) {
      findings.add(Finding.of(FindingCode.SOURCE_LOST, name(), reason));
    }
    if (restored && !everSynced) {
      findings.add(
          Finding.of(
              FindingCode.SERVED_STALE,
              name(),
              "What is served comes from the state folder until the source '%s' has answered"
                  .formatted(name())));
    }
    return findings;
  }

  /**
   * What is wrong with serving before the source has answered, if nothing was kept of it: proxies
   * are let in without what it holds.
   */
  Optional<Finding> missing() {
    return everSynced || restored
        ? Optional.empty()
        : Optional.of(
            Finding.of(
                FindingCode.NOTHING_KNOWN,
                name(),
                "The source '%s' has not answered since the start, and nothing of it was kept: proxies are served without its %s"
                    .formatted(
                        name(),
                        configured.roles().stream()
                            .map(role -> role == SourceRole.REGISTRY ? "services" : "policies")
                            .collect(Collectors.joining(" and ")))));
  }

  /** One sentence if something of this source is missing or old. */
  Optional<String> note() {
    String lost = state == SourceReport.State.LOST ? ": " + reason : "";
    if (everSynced) {
      return lost.isEmpty()
          ? Optional.empty()
          : Optional.of("'%s' is lost%s; what it said last is served".formatted(name(), lost));
    }
    return Optional.of(
        restored
            ? "'%s' has not answered yet%s; what it said before the restart is served"
                .formatted(name(), lost)
            : "'%s' has not answered yet%s; what it holds is missing".formatted(name(), lost));
  }

  /**
   * How it is doing.
   *
   * @param held what is held back of its word
   */
  SourceReport report(List<HeldBack> held) {
    return new SourceReport(
        name(),
        configured.source().type(),
        configured.roles(),
        state,
        since,
        reason,
        lastEventAt,
        services.size(),
        endpoints,
        documents.size(),
        services,
        sightings,
        held);
  }
}
