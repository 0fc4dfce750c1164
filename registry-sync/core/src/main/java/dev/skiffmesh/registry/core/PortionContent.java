package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.ServiceDocuments.Registered;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is in force of one portion of documents: a file, a key, a data id. Immutable.
 *
 * @param items in their order
 * @param findings about the portion as a whole
 * @param isWhole false if the portion holds something that nobody could tell; items of earlier
 *     versions are kept then
 */
public record PortionContent(List<Item> items, List<Finding> findings, boolean isWhole) {

  /** Nothing is there. */
  public static final PortionContent EMPTY = new PortionContent(List.of(), List.of(), true);

  /** Copies what it is given. */
  public PortionContent {
    items = List.copyOf(items);
    findings = List.copyOf(findings);
  }

  /**
   * One document.
   *
   * @param document of a service without its tree and text, which would cost several times as much
   *     memory as what they say
   * @param service what a Service document says; null for a policy
   */
  public record Item(RawDocument document, @Nullable Decoded<Registered> service) {

    /** Understands a document as far as sources do. */
    static Item of(RawDocument document) {
      boolean isService = document.key().kind().equals(ServiceDocuments.KIND);
      if (!isService) {
        return new Item(document, null);
      }
      Mapping nothing = new Mapping(List.of(), document.root().position());
      return new Item(
          new RawDocument(document.key(), nothing, document.origin(), ""),
          ServiceDocuments.decode(document));
    }
  }

  /** The policies that count in it by itself: of several with one key the first. */
  public Collection<RawDocument> policies() {
    Map<DocumentKey, RawDocument> policies = new LinkedHashMap<>();
    for (Item item : items) {
      if (item.service() == null) {
        policies.putIfAbsent(item.document().key(), item.document());
      }
    }
    return policies.values();
  }

  /** What a text holds by itself; its documents are understood, which takes time. */
  public static PortionContent of(DocumentReader.Content read) {
    return of(read.documents(), read.findings(), read.isWhole());
  }

  /**
   * The same of its parts.
   *
   * @param whole false if it holds something else that nobody could tell
   */
  public static PortionContent of(List<RawDocument> documents, List<Finding> found, boolean whole) {
    return new PortionContent(documents.stream().map(Item::of).toList(), found, whole);
  }

  /** What is left when nobody can tell what the portion holds now: all that it held. */
  public PortionContent refused(Finding finding) {
    return replacedBy(of(List.of(), List.of(finding), false));
  }

  /** A new version of the portion, in which what cannot be told stays as it is in this one. */
  public PortionContent replacedBy(PortionContent found) {
    if (found.isWhole) {
      return found;
    }
    Set<DocumentKey> told =
        found.items.stream().map(item -> item.document().key()).collect(Collectors.toSet());
    List<Item> next = new ArrayList<>(found.items);
    items.stream().filter(item -> !told.contains(item.document().key())).forEach(next::add);
    return new PortionContent(next, found.findings, false);
  }
}
