package dev.skiffmesh.api.document;

import java.util.Comparator;

/**
 * What tells one document from another within Skiff, whichever source it came from.
 *
 * @param kind for example {@code TrafficRoute}
 * @param namespace {@code default} if the document names none
 * @param name the document's {@code metadata.name}
 */
public record DocumentKey(String kind, String namespace, String name)
    implements Comparable<DocumentKey> {

  private static final Comparator<DocumentKey> ORDER =
      Comparator.comparing(DocumentKey::kind)
          .thenComparing(DocumentKey::namespace)
          .thenComparing(DocumentKey::name);

  @Override
  public int compareTo(DocumentKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return kind + " " + namespace + "/" + name;
  }
}
