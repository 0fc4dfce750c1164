package dev.skiffmesh.api.document;

/**
 * Where a document came from, as its writer knows it.
 *
 * @param source the source's configured name
 * @param portion what the source reads as one piece: a file's path, an etcd key, a Nacos data id
 * @param position the document's first character within the portion
 */
public record Origin(String source, String portion, Position position) {

  /** The place as an editor takes it: {@code policies/order.yaml:7}. */
  public String at(Position place) {
    return place.line() == 0 ? portion : portion + ":" + place.line();
  }

  @Override
  public String toString() {
    return at(position);
  }
}
