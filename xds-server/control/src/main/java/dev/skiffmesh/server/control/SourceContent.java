package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.state.SavedService;
import dev.skiffmesh.server.status.Sightings;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/**
 * What one source holds: services by portion, their endpoints, documents. It takes what it is given
 * and knows nothing of how the source is doing. Confined to the control thread.
 */
final class SourceContent {

  private final SortedMap<String, SortedMap<ServiceId, Service>> portions = new TreeMap<>();
  private final Map<ServiceId, SortedSet<String>> portionsOf = new HashMap<>();
  private final Map<ServiceId, EndpointSet> early = new HashMap<>();
  private final SortedMap<DocumentKey, RawDocument> documents = new TreeMap<>();
  private TreePMap<ServiceId, SavedService> services = TreePMap.empty();
  private TreePMap<ServiceId, Sightings> sightings = TreePMap.empty();
  private int endpoints;

  /** All services with their endpoints; persistent, so it may be kept. */
  TreePMap<ServiceId, SavedService> services() {
    return services;
  }

  /** When the endpoints of each service were seen; persistent, so it may be kept. */
  TreePMap<ServiceId, Sightings> sightings() {
    return sightings;
  }

  /** How many endpoints all services have. */
  int endpoints() {
    return endpoints;
  }

  /** What one portion holds; empty if there is no such portion. */
  SortedMap<ServiceId, Service> portion(String portion) {
    return Collections.unmodifiableSortedMap(portions.getOrDefault(portion, new TreeMap<>()));
  }

  /** The portions that hold a service; empty if none does. */
  SortedSet<String> holders(ServiceId service) {
    return Collections.unmodifiableSortedSet(portionsOf.getOrDefault(service, new TreeSet<>()));
  }

  int documents() {
    return documents.size();
  }

  Optional<RawDocument> document(DocumentKey key) {
    return Optional.ofNullable(documents.get(key));
  }

  /** Puts a document in its place; returns whether it is another one. */
  boolean put(RawDocument document) {
    return !document.equals(documents.put(document.key(), document));
  }

  /** Takes a document away; returns whether it was there. */
  boolean remove(DocumentKey key) {
    return documents.remove(key) != null;
  }

  /** Brings back a service of an earlier process. */
  void restore(ServiceId id, SavedService service, Instant now) {
    portions.computeIfAbsent(service.portion(), _ -> new TreeMap<>()).put(id, service.service());
    portionsOf.computeIfAbsent(id, _ -> new TreeSet<>()).add(service.portion());
    put(id, service, now);
  }

  /**
   * A portion holds exactly {@code content}.
   *
   * @return the services that are others now, or gone
   */
  SortedSet<ServiceId> become(String portion, SortedMap<ServiceId, Service> content, Instant now) {
    SortedSet<ServiceId> touched = new TreeSet<>();
    SortedMap<ServiceId, Service> before =
        content.isEmpty()
            ? portions.remove(portion)
            : portions.put(portion, new TreeMap<>(content));
    if (before != null) {
      for (ServiceId id : before.keySet()) {
        if (!content.containsKey(id)) {
          letGo(portion, id, now, touched);
        }
      }
    }
    for (ServiceId id : content.keySet()) {
      hold(portion, id, now, touched);
    }
    return touched;
  }

  /**
   * A portion holds these and no more those; it costs what has changed, whatever the portion holds.
   *
   * @return as {@link #become(String, SortedMap, Instant)}
   */
  SortedSet<ServiceId> change(
      String portion,
      SortedMap<ServiceId, Service> put,
      SortedSet<ServiceId> removed,
      Instant now) {
    SortedSet<ServiceId> touched = new TreeSet<>();
    SortedMap<ServiceId, Service> content = portions.computeIfAbsent(portion, _ -> new TreeMap<>());
    for (ServiceId id : removed) {
      if (content.remove(id) != null) {
        letGo(portion, id, now, touched);
      }
    }
    content.putAll(put);
    put.keySet().forEach(id -> hold(portion, id, now, touched));
    if (content.isEmpty()) {
      portions.remove(portion);
    }
    return touched;
  }

  private void hold(String portion, ServiceId id, Instant now, SortedSet<ServiceId> touched) {
    portionsOf.computeIfAbsent(id, _ -> new TreeSet<>()).add(portion);
    refresh(id, now, touched);
  }

  private void letGo(String portion, ServiceId id, Instant now, SortedSet<ServiceId> touched) {
    portionsOf.computeIfPresent(
        id,
        (_, holders) -> {
          holders.remove(portion);
          return holders.isEmpty() ? null : holders;
        });
    refresh(id, now, touched);
  }

  /** While two portions hold a service (one is about to drop it) the first by name counts. */
  private void refresh(ServiceId id, Instant now, SortedSet<ServiceId> touched) {
    SavedService before = services.get(id);
    SortedSet<String> holders = portionsOf.get(id);
    if (holders == null) {
      if (before != null) {
        services = services.minus(id);
        sightings = sightings.minus(id);
        endpoints -= before.endpoints().endpoints().size();
        touched.add(id);
      }
      return;
    }
    String portion = holders.first();
    EndpointSet known = before == null ? early.remove(id) : before.endpoints();
    SavedService service =
        new SavedService(
            portion, portion(portion).get(id), known == null ? EndpointSet.EMPTY : known);
    if (!service.equals(before)) {
      put(id, service, now);
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

  /** A service has exactly these endpoints; returns whether they are others. */
  boolean become(ServiceId id, EndpointSet now, Instant when) {
    SavedService before = services.get(id);
    if (before == null) {
      // Nobody knows the service yet; its announcement will find them.
      early.put(id, now);
      return false;
    }
    if (before.endpoints().equals(now)) {
      return false;
    }
    put(id, new SavedService(before.portion(), before.service(), now), when);
    return true;
  }
}
