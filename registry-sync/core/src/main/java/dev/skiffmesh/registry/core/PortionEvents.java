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
 * What to tell when portions of documents have changed. Pure. The full state of every key is told,
 * and what changes nothing is left to {@link ChangedOnly}.
 */
final class PortionEvents {

  private final MergedPortions before;
  private final MergedPortions now;
  private final List<SourceEvent> events = new ArrayList<>();

  private PortionEvents(MergedPortions before, MergedPortions now) {
    this.before = before;
    this.now = now;
  }

  /** The events, in the order in which they must be sent. */
  static List<SourceEvent> between(MergedPortions before, MergedPortions now) {
    PortionEvents told = new PortionEvents(before, now);
    told.unreadableFirst();
    told.services();
    told.policies();
    told.findings();
    return told.events;
  }

  /** A portion that becomes unreadable says so before its content, lest something be dropped. */
  private void unreadableFirst() {
    for (String portion : now.unreadable()) {
      if (!before.unreadable().contains(portion)) {
        findings(portion);
      }
    }
  }

  /**
   * First what goes, then what comes: a service that moves from one portion to another must never
   * stand in two portions.
   */
  private void services() {
    SortedSet<String> portions = new TreeSet<>(before.services().keySet());
    portions.addAll(now.services().keySet());
    for (String portion : portions) {
      SortedSet<ServiceId> known = new TreeSet<>(of(before, portion).keySet());
      SortedMap<ServiceId, Service> stays = new TreeMap<>(of(now, portion));
      stays.keySet().retainAll(known);
      if (stays.size() < known.size()) {
        events.add(new SourceEvent.ServicesReplaced(portion, stays));
      }
    }
    for (String portion : portions) {
      events.add(new SourceEvent.ServicesReplaced(portion, of(now, portion)));
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
    SortedSet<String> portions = new TreeSet<>(before.findings().keySet());
    portions.addAll(now.findings().keySet());
    portions.forEach(this::findings);
  }

  private void findings(String portion) {
    events.add(
        new SourceEvent.PortionFindings(
            portion,
            now.unreadable().contains(portion),
            now.findings().getOrDefault(portion, List.of())));
  }

  private static SortedMap<ServiceId, Service> of(MergedPortions merged, String portion) {
    return merged.services().getOrDefault(portion, Collections.emptySortedMap());
  }
}
