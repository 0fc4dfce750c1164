package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.ServiceDocuments.Registered;
import java.util.ArrayList;
import java.util.List;
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

  /** What a text holds that takes this one's place. */
  public PortionContent replacedBy(DocumentReader.Content read) {
    return replacedBy(read.documents(), read.findings(), read.isWhole());
  }

  /** What is left when nobody can tell what the portion holds now: all that it held. */
  public PortionContent refused(Finding finding) {
    return replacedBy(List.of(), List.of(finding), false);
  }

  /**
   * A new version of the portion, in which what cannot be told stays as it is in this one.
   *
   * @param whole false if it holds something else that nobody could tell
   */
  public PortionContent replacedBy(
      List<RawDocument> documents, List<Finding> found, boolean whole) {
    List<Item> next = new ArrayList<>(documents.stream().map(Item::of).toList());
    if (!whole) {
      Set<DocumentKey> told = documents.stream().map(RawDocument::key).collect(Collectors.toSet());
      items.stream().filter(item -> !told.contains(item.document().key())).forEach(next::add);
    }
    return new PortionContent(next, found, whole);
  }
}
