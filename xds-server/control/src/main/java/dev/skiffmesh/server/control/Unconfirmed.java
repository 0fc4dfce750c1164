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

  /** By scope; no set is ever empty. */
  private final SortedMap<String, SortedSet<ServiceId>> services = new TreeMap<>();

  private final Set<ServiceId> endpoints = new HashSet<>();
  private final Map<DocumentKey, String> documents = new HashMap<>();

  void restored(String scope, ServiceId service) {
    services.computeIfAbsent(scope, _ -> new TreeSet<>()).add(service);
    endpoints.add(service);
  }

  /** A document of that scope has been brought back. */
  void restored(String scope, DocumentKey document) {
    documents.put(document, scope);
  }

  /** A scope has told all of its content. */
  void saidAll(String scope) {
    services.remove(scope);
  }

  /** A scope has told those, and may have more that could not be read. */
  void said(String scope, Set<ServiceId> told) {
    services.computeIfPresent(
        scope,
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

  /** Those of one scope; empty if there are none. */
  SortedSet<ServiceId> of(String scope) {
    return services.getOrDefault(scope, new TreeSet<>());
  }

  boolean contains(DocumentKey document) {
    return documents.containsKey(document);
  }

  void forEachScope(BiConsumer<String, SortedSet<ServiceId>> action) {
    services.forEach(action);
  }

  /** Services of which no endpoints were told; in order. */
  SortedSet<ServiceId> endpoints() {
    return new TreeSet<>(endpoints);
  }

  /** Takes out the documents of scopes that fit, and returns them. */
  List<DocumentKey> takeDocuments(Predicate<String> scope) {
    List<DocumentKey> taken =
        documents.keySet().stream().filter(key -> scope.test(documents.get(key))).sorted().toList();
    taken.forEach(documents::remove);
    return taken;
  }
}
