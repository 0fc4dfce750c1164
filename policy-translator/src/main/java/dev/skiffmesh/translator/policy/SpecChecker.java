package dev.skiffmesh.translator.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.skiffmesh.api.document.FieldPath;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.Violation;
import java.util.ArrayList;
import java.util.List;
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
    violations.add(FieldPath.violation(root, field, message));
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
}
