package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.Envelope;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.document.Wording;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.translator.place.Failures;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.SpecChecker;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Understands one policy document by itself. Pure; never throws, whatever the document says. */
final class PolicyDecoder {

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
    Envelope.Rules<S> rules =
        (spec, violations) -> {
          SpecChecker checker = new SpecChecker(document.root(), violations);
          checkCommon(spec, checker);
          check(kind, spec, checker);
        };
    return switch (Envelope.decode(document.root(), kind.descriptor().spec(), rules)) {
      case Decoded.Rejected<Envelope<S>>(List<Violation> violations) ->
          new Decoded.Rejected<>(violations);
      case Decoded.Ok<Envelope<S>>(Envelope<S> envelope) ->
          new Decoded.Ok<>(
              new Policy<>(
                  envelope.key(),
                  envelope.labels(),
                  envelope.annotations(),
                  generation,
                  envelope.spec(),
                  document.origin()));
    };
  }

  /** A kind that fails costs this one document: what it said before goes on. */
  private static <S extends PolicySpec> void check(
      PolicyKind<S> kind, S spec, SpecChecker checker) {
    try {
      kind.check(spec, checker);
    } catch (Throwable failure) {
      checker.refuse("spec", Failures.ofCheck(failure));
    }
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
