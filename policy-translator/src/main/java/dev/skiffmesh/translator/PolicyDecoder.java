package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.Envelope;
import dev.skiffmesh.api.document.FieldPath;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.document.Wording;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.SpecChecker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Understands one policy document by itself. Pure; never throws, whatever the document says. */
final class PolicyDecoder {

  /** The end of a field's path: {@code .weight}, {@code [0]} or {@code ['a.b/c']}. */
  private static final Pattern LAST_STEP =
      Pattern.compile("(\\.[^.\\[\\]]*|\\[[^]]*\\]|^[^.\\[]*)$");

  /** A field may be missed by what it is in, and that again; specs nest less deep than this. */
  private static final int MOST_ROUNDS = 8;

  private final SortedMap<String, PolicyKind<?>> kinds = new TreeMap<>();

  PolicyDecoder(List<PolicyKind<?>> kinds) {
    kinds.forEach(kind -> this.kinds.put(kind.descriptor().kind(), kind));
  }

  SortedMap<String, PolicyKind<?>> kinds() {
    return kinds;
  }

  Decoded<Policy<?>> decode(RawDocument document, long generation) {
    String name = document.key().kind();
    PolicyKind<?> kind = kinds.get(name);
    if (kind == null) {
      return new Decoded.Rejected<>(
          List.of(
              new Violation(
                  "kind",
                  document.root().get("kind").orElse(document.root()).position(),
                  "must be a kind that Skiff knows ("
                      + Wording.choice(kinds.keySet())
                      + "), found '"
                      + name
                      + "'"
                      + Wording.didYouMean(name, kinds.keySet()))));
    }
    return decode(kind, document, generation);
  }

  private static <S extends PolicySpec> Decoded<Policy<?>> decode(
      PolicyKind<S> kind, RawDocument document, long generation) {
    return switch (Envelope.decode(document.root(), kind.descriptor().spec())) {
      case Decoded.Rejected<Envelope<S>>(List<Violation> violations) ->
          new Decoded.Rejected<>(withRules(kind, document, violations));
      case Decoded.Ok<Envelope<S>>(Envelope<S> envelope) -> {
        List<Violation> violations = broken(kind, envelope.spec(), document);
        yield violations.isEmpty()
            ? new Decoded.Ok<>(
                new Policy<>(
                    envelope.key(),
                    envelope.labels(),
                    envelope.annotations(),
                    generation,
                    envelope.spec(),
                    document.origin()))
            : new Decoded.Rejected<>(violations);
      }
    };
  }

  private static <S extends PolicySpec> List<Violation> broken(
      PolicyKind<S> kind, S spec, RawDocument document) {
    SpecChecker checker = new SpecChecker(document.root());
    checkCommon(spec, checker);
    kind.check(spec, checker);
    return checker.violations();
  }

  /**
   * Beside what the schema refuses also what the kind's own rules refuse, so that a document's
   * writer sees everything at once: the rules are asked about the document without what the schema
   * refused, as far as there is a spec without it.
   */
  private static <S extends PolicySpec> List<Violation> withRules(
      PolicyKind<S> kind, RawDocument document, List<Violation> violations) {
    RawNode.Mapping rest = document.root();
    Set<String> left = new HashSet<>();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      switch (Envelope.decodeReadable(rest, kind.descriptor().spec())) {
        case Decoded.Rejected<Envelope<S>>(List<Violation> refused) -> {
          Set<String> now = new HashSet<>();
          for (Violation violation : refused) {
            if (now.stream().noneMatch(field -> isAround(field, violation.field()))) {
              rest = without(rest, violation.field(), now);
            }
          }
          left.addAll(now);
        }
        case Decoded.Ok<Envelope<S>>(Envelope<S> envelope) -> {
          List<Violation> all = new ArrayList<>(violations);
          // What a rule says of something that lacks a refused field may be due to that lack.
          broken(kind, envelope.spec(), document).stream()
              .filter(rule -> left.stream().noneMatch(field -> isAround(rule.field(), field)))
              .forEach(all::add);
          all.sort(Violation.BY_POSITION);
          return all;
        }
      }
    }
    return violations;
  }

  /** The field itself, or, if it is not there, what it is missing in. */
  private static RawNode.Mapping without(RawNode.Mapping root, String field, Set<String> left) {
    for (String outer = field;
        !outer.isEmpty();
        outer = LAST_STEP.matcher(outer).replaceFirst("")) {
      Optional<RawNode.Mapping> rest = FieldPath.without(root, outer);
      if (rest.isPresent()) {
        left.add(outer);
        return rest.get();
      }
    }
    return root;
  }

  private static boolean isAround(String outer, String inner) {
    return inner.startsWith(outer)
        && (inner.length() == outer.length() || ".[".indexOf(inner.charAt(outer.length())) >= 0);
  }

  /** The rule of targets that the schema cannot say; the same for all kinds. */
  private static void checkCommon(PolicySpec spec, SpecChecker checker) {
    for (int i = 0; i < spec.targetRefs().size(); i++) {
      TargetRef target = spec.targetRefs().get(i);
      String name = target.name();
      if (target.kind() == TargetRef.Kind.NAMESPACE && name != null && !ServiceId.isLabel(name)) {
        checker.refuse(
            "spec.targetRefs[" + i + "].name", "must be a DNS label, found '" + name + "'");
      }
    }
  }
}
