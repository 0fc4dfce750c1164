package dev.skiffmesh.api.document;

/**
 * A document that has a kind and a name, and nothing else about it is known to be right.
 *
 * @param key its identity
 * @param root all of it, envelope included
 * @param origin where it came from
 * @param text the document alone as it was written, which is what a state folder keeps and what
 *     makes two versions equal
 */
public record RawDocument(DocumentKey key, RawNode.Mapping root, Origin origin, String text) {

  /** The only group and version so far. */
  public static final String API_VERSION = "skiffmesh.dev/v1alpha1";

  /** The namespace of documents that name none. */
  public static final String DEFAULT_NAMESPACE = "default";
}
