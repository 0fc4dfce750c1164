package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What to tell when scopes of documents have changed. Pure. The full state of every key is told,
 * and what changes nothing is left to {@link ChangedOnly}.
 */
final class ScopeEvents {

  private final MergedScopes before;
  private final MergedScopes now;
  private final List<SourceEvent> events = new ArrayList<>();

  private ScopeEvents(MergedScopes before, MergedScopes now) {
    this.before = before;
    this.now = now;
  }

  /** The events, in the order in which they must be sent. */
  static List<SourceEvent> between(MergedScopes before, MergedScopes now) {
    ScopeEvents told = new ScopeEvents(before, now);
    told.unreadableFirst();
    told.services();
    told.policies();
    told.findings();
    return told.events;
  }

  /** A scope that becomes unreadable says so before its content, lest something be dropped. */
  private void unreadableFirst() {
    for (String scope : now.unreadable()) {
      if (!before.unreadable().contains(scope)) {
        findings(scope);
      }
    }
  }

  /**
   * First what goes, then what comes: a service that moves from one scope to another must never
   * stand in two scopes.
   */
  private void services() {
    SortedSet<String> scopes = new TreeSet<>(before.services().keySet());
    scopes.addAll(now.services().keySet());
    for (String scope : scopes) {
      SortedSet<ServiceId> known = new TreeSet<>(of(before, scope).keySet());
      SortedMap<ServiceId, Service> stays = new TreeMap<>(of(now, scope));
      stays.keySet().retainAll(known);
      if (stays.size() < known.size()) {
        events.add(new SourceEvent.ServicesReplaced(scope, stays));
      }
    }
    for (String scope : scopes) {
      events.add(new SourceEvent.ServicesReplaced(scope, of(now, scope)));
    }
    now.endpoints()
        .forEach((id, endpoints) -> events.add(new SourceEvent.EndpointsReplaced(id, endpoints)));
  }

  private void policies() {
    for (DocumentKey key : before.policies().keySet()) {
      if (!now.policies().containsKey(key)) {
        events.add(new SourceEvent.PolicyDeleted(key));
      }
    }
    now.policies().values().forEach(document -> events.add(new SourceEvent.PolicyPut(document)));
  }

  private void findings() {
    SortedSet<String> scopes = new TreeSet<>(before.findings().keySet());
    scopes.addAll(now.findings().keySet());
    scopes.forEach(this::findings);
  }

  private void findings(String scope) {
    events.add(
        new SourceEvent.ScopeFindings(
            scope,
            now.unreadable().contains(scope),
            now.findings().getOrDefault(scope, List.of())));
  }

  private static SortedMap<ServiceId, Service> of(MergedScopes merged, String scope) {
    return merged.services().getOrDefault(scope, Collections.emptySortedMap());
  }
}
