package dev.skiffmesh.api.document;

import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.document.RawNode.Sequence;
import java.util.ArrayList;
import java.util.List;

/** Trees for tests: every field stands in the line of its turn. */
final class Trees {

  private Trees() {}

  /** Fields from names and values in turn; a value is a node, or a text as it stands unquoted. */
  static Mapping fields(Object... namesAndValues) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Position place = new Position(i / 2 + 1, 1);
      entries.add(new Entry((String) namesAndValues[i], place, node(namesAndValues[i + 1], place)));
    }
    return new Mapping(entries, new Position(1, 1));
  }

  static Sequence list(Object... items) {
    List<RawNode> nodes = new ArrayList<>();
    for (Object item : items) {
      nodes.add(node(item, new Position(1, 1)));
    }
    return new Sequence(nodes, new Position(1, 1));
  }

  static Scalar quoted(String text) {
    return new Scalar(text, ScalarType.TEXT, new Position(1, 1));
  }

  static Scalar plain(String text) {
    return new Scalar(text, ScalarType.ofPlain(text), new Position(1, 1));
  }

  private static RawNode node(Object value, Position place) {
    return switch (value) {
      case Scalar(String text, ScalarType type, _) -> new Scalar(text, type, place);
      case Mapping(List<Entry> entries, _) -> new Mapping(entries, place);
      case Sequence(List<RawNode> items, _) -> new Sequence(items, place);
      default -> new Scalar((String) value, ScalarType.ofPlain((String) value), place);
    };
  }
}
