package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * What a restart brought back of a source and the source has not said again since. Confined to the
 * control thread.
 */
final class Unconfirmed {

  /** By portion; no set is ever empty. */
  private final SortedMap<String, SortedSet<ServiceId>> services = new TreeMap<>();

  private final Set<ServiceId> endpoints = new HashSet<>();
  private final Map<DocumentKey, String> documents = new HashMap<>();

  void restored(String portion, ServiceId service) {
    services.computeIfAbsent(portion, _ -> new TreeSet<>()).add(service);
    endpoints.add(service);
  }

  /** A document of that portion has been brought back. */
  void restored(String portion, DocumentKey document) {
    documents.put(document, portion);
  }

  /** A portion has told all of its content. */
  void saidAll(String portion) {
    services.remove(portion);
  }

  /** A portion has told those, and may have more that could not be read. */
  void said(String portion, Set<ServiceId> told) {
    services.computeIfPresent(
        portion,
        (_, left) -> {
          left.removeAll(told);
          return left.isEmpty() ? null : left;
        });
  }

  /** The endpoints of that service have been told, or are gone with it. */
  void saidEndpoints(ServiceId service) {
    endpoints.remove(service);
  }

  /** The document has been told, or is said to be gone. */
  void said(DocumentKey document) {
    documents.remove(document);
  }

  /** Those of one portion; empty if there are none. */
  SortedSet<ServiceId> of(String portion) {
    return services.getOrDefault(portion, new TreeSet<>());
  }

  boolean contains(DocumentKey document) {
    return documents.containsKey(document);
  }

  void forEachPortion(BiConsumer<String, SortedSet<ServiceId>> action) {
    services.forEach(action);
  }

  /** Services of which no endpoints were told; in order. */
  SortedSet<ServiceId> endpoints() {
    return new TreeSet<>(endpoints);
  }

  /** Takes out the documents of portions that fit, and returns them. */
  List<DocumentKey> takeDocuments(Predicate<String> portion) {
    List<DocumentKey> taken =
        documents.keySet().stream()
            .filter(key -> portion.test(documents.get(key)))
            .sorted()
            .toList();
    taken.forEach(documents::remove);
    return taken;
  }
}
