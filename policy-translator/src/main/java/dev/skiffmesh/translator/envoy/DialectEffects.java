package dev.skiffmesh.translator.envoy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.PolicyEffect.Outcome;
import dev.skiffmesh.translator.plan.InboundPlan;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What plans' policies come to in one dialect: what the plan says, less what the dialect lacks. */
final class DialectEffects {

  private final Dialect dialect;
  private final SortedMap<DocumentKey, Set<String>> lacking = new TreeMap<>();

  private DialectEffects(Dialect dialect) {
    this.dialect = dialect;
  }

  /** In a caller's proxy; the plan's own if the dialect lacks nothing. */
  static SortedMap<DocumentKey, PolicyEffect> of(RenderedMesh mesh, Dialect dialect) {
    DialectEffects effects = new DialectEffects(dialect);
    mesh.remarks()
        .lacking()
        .forEach(
            (policy, some) ->
                some.forEach(
                    lack -> lack.in(dialect).ifPresent(what -> effects.lacks(policy, what))));
    return effects.less(mesh.plan().effects());
  }

  /** In a callee's proxy; the plan's own if the dialect lacks nothing. */
  static SortedMap<DocumentKey, PolicyEffect> of(InboundPlan plan, Dialect dialect) {
    DialectEffects effects = new DialectEffects(dialect);
    plan.rules()
        .forEach(
            rule ->
                rule.filter()
                    .lacking(dialect)
                    .ifPresent(what -> effects.lacks(rule.key().policy(), what)));
    if (dialect instanceof Dialect.Grpc) {
      plan.runtimeKeys().forEach(key -> effects.lacks(key.policy(), Rendering.NO_RUNTIME_KEYS));
    }
    return effects.less(plan.effects());
  }

  private void lacks(DocumentKey policy, String what) {
    lacking.computeIfAbsent(policy, key -> new LinkedHashSet<>()).add(what);
  }

  private SortedMap<DocumentKey, PolicyEffect> less(SortedMap<DocumentKey, PolicyEffect> planned) {
    if (lacking.isEmpty()) {
      return planned;
    }
    SortedMap<DocumentKey, PolicyEffect> effects = new TreeMap<>(planned);
    lacking.forEach((policy, what) -> effects.merge(policy, partly(what), DialectEffects::worse));
    return effects;
  }

  private PolicyEffect partly(Set<String> what) {
    return new PolicyEffect(Outcome.PARTLY, "in " + dialect + " " + String.join(", ", what));
  }

  private static PolicyEffect worse(PolicyEffect before, PolicyEffect lacking) {
    return switch (before.outcome()) {
      case SHAPED -> lacking;
      case PARTLY ->
          before.message().contains(lacking.message())
              ? before
              : new PolicyEffect(Outcome.PARTLY, before.message() + "; " + lacking.message());
      case OVERRIDDEN, NOTHING -> before;
    };
  }
}
