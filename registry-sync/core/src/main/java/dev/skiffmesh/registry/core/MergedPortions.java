package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.ServiceDocuments.Registered;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Portions of documents of one source, seen together. Pure: their contents and what was good before
 * are all that it depends on. Of documents with one key the first counts, in the order of the
 * portions' names and of their lines.
 */
final class MergedPortions {

  private final Map<DocumentKey, Registered> goodBefore;

  private final SortedMap<String, SortedMap<ServiceId, Service>> services = new TreeMap<>();
  private final SortedMap<ServiceId, EndpointSet> endpoints = new TreeMap<>();
  private final SortedMap<DocumentKey, RawDocument> policies = new TreeMap<>();
  private final SortedMap<DocumentKey, Registered> good = new TreeMap<>();
  private final SortedMap<DocumentKey, RawDocument> winners = new TreeMap<>();
  private final SortedMap<String, FewFindings> found = new TreeMap<>();
  private final SortedMap<String, List<Finding>> findings = new TreeMap<>();
  private final SortedSet<String> unreadable = new TreeSet<>();

  private MergedPortions(Map<DocumentKey, Registered> goodBefore) {
    this.goodBefore = goodBefore;
  }

  /** No portion. */
  static MergedPortions nothing() {
    return new MergedPortions(Map.of());
  }

  /** Merges. */
  static MergedPortions of(
      SortedMap<String, PortionContent> contents, Map<DocumentKey, Registered> goodBefore) {
    MergedPortions merged = new MergedPortions(goodBefore);
    contents.forEach(
        (portion, content) -> {
          content.findings().forEach(finding -> merged.find(portion, finding));
          if (!content.isWhole()) {
            merged.unreadable.add(portion);
          }
          content.items().forEach(item -> merged.add(portion, item));
          FewFindings few = merged.found.get(portion);
          merged.findings.put(portion, few == null ? List.of() : few.list());
        });
    return merged;
  }

  /** By portion; a portion without services is not here. */
  SortedMap<String, SortedMap<ServiceId, Service>> services() {
    return services;
  }

  SortedMap<ServiceId, EndpointSet> endpoints() {
    return endpoints;
  }

  SortedMap<DocumentKey, RawDocument> policies() {
    return policies;
  }

  /** By portion; every portion is here. */
  SortedMap<String, List<Finding>> findings() {
    return findings;
  }

  SortedSet<String> unreadable() {
    return unreadable;
  }

  /** The last good version of each service that a portion still speaks of. */
  SortedMap<DocumentKey, Registered> good() {
    return good;
  }

  private void add(String portion, PortionContent.Item item) {
    RawDocument document = item.document();
    RawDocument winner = winners.putIfAbsent(document.key(), document);
    if (winner != null) {
      find(
          portion,
          new Finding(
              FindingCode.DUPLICATE_DOCUMENT,
              document.key().toString(),
              document.origin().toString(),
              null,
              "must stand in one place only; the one in "
                  + winner.origin()
                  + " counts, and this one in "
                  + document.origin()
                  + " does not"));
    } else if (item.service() == null) {
      policies.put(document.key(), document);
    } else {
      addService(portion, document, item.service());
    }
  }

  private void addService(String portion, RawDocument document, Decoded<Registered> decoded) {
    Registered before = goodBefore.get(document.key());
    switch (decoded) {
      case Decoded.Ok<Registered>(Registered now) -> tell(portion, document.key(), now);
      case Decoded.Rejected<Registered>(List<Violation> violations) -> {
        violations.forEach(
            violation -> find(portion, advised(Finding.of(document, violation), before)));
        if (before == null) {
          // It may have been good before a restart; then what the restart brought back must stay.
          unreadable.add(portion);
        } else {
          tell(portion, document.key(), before);
        }
      }
    }
  }

  private static Finding advised(Finding finding, @Nullable Registered before) {
    return new Finding(
        finding.code(),
        finding.subject(),
        finding.location(),
        finding.field(),
        finding.message() + (before == null ? "" : "; the version before stays in force"));
  }

  private void tell(String portion, DocumentKey key, Registered registered) {
    good.put(key, registered);
    services
        .computeIfAbsent(portion, none -> new TreeMap<>())
        .put(registered.service().id(), registered.service());
    endpoints.put(registered.service().id(), registered.endpoints());
  }

  private void find(String portion, Finding finding) {
    found.computeIfAbsent(portion, FewFindings::new).add(finding);
  }
}
