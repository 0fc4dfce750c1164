package dev.skiffmesh.registry.file;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.ServiceDocuments;
import dev.skiffmesh.registry.core.ServiceDocuments.Registered;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is in force of one file.
 *
 * @param items in their order
 * @param findings about the file as a whole
 * @param isWhole false if the file holds something that nobody could tell; items of earlier
 *     versions are kept then
 */
record FileContent(List<Item> items, List<Finding> findings, boolean isWhole) {

  static final FileContent EMPTY = new FileContent(List.of(), List.of(), true);

  /** Copies what it is given. */
  FileContent {
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
  record Item(RawDocument document, @Nullable Decoded<Registered> service) {

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

  /** A new version of the file, in which what cannot be told stays as it is in this one. */
  FileContent replacedBy(List<RawDocument> documents, List<Finding> found, boolean whole) {
    List<Item> next = new ArrayList<>(documents.stream().map(Item::of).toList());
    if (!whole) {
      Set<DocumentKey> told = documents.stream().map(RawDocument::key).collect(Collectors.toSet());
      items.stream().filter(item -> !told.contains(item.document().key())).forEach(next::add);
    }
    return new FileContent(next, found, whole);
  }
}
