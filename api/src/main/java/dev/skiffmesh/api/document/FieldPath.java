package dev.skiffmesh.api.document;

import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.Sequence;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds places by field path ({@code spec.rules[0].destinations[1].weight}, {@code
 * metadata.labels['a.b/c']}), for rules that are checked after a document was decoded. Pure.
 */
public final class FieldPath {

  private static final Pattern STEP =
      Pattern.compile("\\['([^']*)'\\]|\\[([0-9]{1,9})\\]|\\.?([^.\\[]+)");

  private FieldPath() {}

  /** A violation at the field's place; see {@link #position}. */
  public static Violation violation(RawNode root, String path, String message) {
    return new Violation(path, position(root, path), message);
  }

  /**
   * Where the field stands: its key, or an item's beginning. Of a field that is not there, the
   * nearest thing around it that is.
   */
  public static Position position(RawNode root, String path) {
    Position place = root.position();
    RawNode node = root;
    Matcher step = STEP.matcher(path);
    int from = 0;
    while (step.find(from) && step.start() == from) {
      from = step.end();
      if (step.group(2) != null) {
        Optional<RawNode> item = item(node, Integer.parseInt(step.group(2)));
        if (item.isEmpty()) {
          return place;
        }
        node = item.get();
        place = node.position();
      } else {
        String name = step.group(1) != null ? step.group(1) : step.group(3);
        Optional<Entry> entry = entry(node, String.valueOf(name));
        if (entry.isEmpty()) {
          return place;
        }
        node = entry.get().value();
        place = entry.get().position();
      }
    }
    return place;
  }

  private static Optional<RawNode> item(RawNode node, int index) {
    return switch (node) {
      case Sequence(List<RawNode> items, _) ->
          index < items.size() ? Optional.of(items.get(index)) : Optional.empty();
      case Mapping _, Scalar _ -> Optional.empty();
    };
  }

  private static Optional<Entry> entry(RawNode node, String name) {
    return switch (node) {
      case Mapping(List<Entry> entries, _) ->
          entries.stream().filter(entry -> entry.key().equals(name)).findFirst();
      case Sequence _, Scalar _ -> Optional.empty();
    };
  }
}
