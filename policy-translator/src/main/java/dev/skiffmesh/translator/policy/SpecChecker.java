package dev.skiffmesh.translator.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Sequence;
import dev.skiffmesh.api.document.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a spec, each at its place in the text. Confined to one thread. */
public final class SpecChecker {

  private final RawNode root;
  private final List<Violation> violations = new ArrayList<>();

  /**
   * A checker.
   *
   * @param root the whole document, for places
   */
  public SpecChecker(RawNode root) {
    this.root = root;
  }

  /** What was found, in the order of the text. */
  public List<Violation> violations() {
    return violations.stream().sorted(Violation.BY_POSITION).toList();
  }

  /**
   * Refuses a field.
   *
   * @param field the path from the root: {@code spec.rules[0].destinations}
   */
  public void refuse(String field, String message) {
    violations.add(new Violation(field, positionOf(field), message));
  }

  /** Refuses the field unless it is null or compiles as RE2, which is what Envoy matches with. */
  public void regex(String field, @Nullable String expression) {
    if (expression == null) {
      return;
    }
    try {
      Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      refuse(
          field,
          "must be an RE2 expression, found '"
              + expression
              + "': "
              + e.getDescription()
              + " in '"
              + e.getPattern()
              + "'");
    }
  }

  /** Where a field stands; if it is absent, where the nearest enclosing one stands. */
  private Position positionOf(String field) {
    RawNode node = root;
    int at = 0;
    while (at < field.length()) {
      int end = at;
      while (end < field.length() && field.charAt(end) != '.' && field.charAt(end) != '[') {
        end++;
      }
      Optional<RawNode> next;
      if (field.charAt(at) == '[') {
        end = field.indexOf(']', at) + 1;
        next = item(node, field.substring(at + 1, end - 1));
      } else {
        next =
            node instanceof Mapping mapping
                ? mapping.get(field.substring(at, end))
                : Optional.empty();
      }
      if (next.isEmpty()) {
        return node.position();
      }
      node = next.get();
      at = end < field.length() && field.charAt(end) == '.' ? end + 1 : end;
    }
    return node.position();
  }

  private static Optional<RawNode> item(RawNode node, String index) {
    if (node instanceof Sequence sequence) {
      int i = Integer.parseInt(index);
      return i < sequence.items().size() ? Optional.of(sequence.items().get(i)) : Optional.empty();
    }
    // A map's key that is no plain name: ['app.kubernetes.io/name'].
    return node instanceof Mapping mapping
        ? mapping.get(index.replaceAll("^'|'$", ""))
        : Optional.empty();
  }
}
