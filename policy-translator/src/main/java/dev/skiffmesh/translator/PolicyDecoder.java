package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.Envelope;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.document.Wording;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.policy.TargetRef;
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
    return switch (Envelope.decode(document.root(), kind.descriptor().spec())) {
      case Decoded.Rejected<Envelope<S>>(List<Violation> violations) ->
          new Decoded.Rejected<>(violations);
      case Decoded.Ok<Envelope<S>>(Envelope<S> envelope) -> {
        SpecChecker checker = new SpecChecker(document.root());
        checkCommon(envelope.spec(), checker);
        kind.check(envelope.spec(), checker);
        yield checker.violations().isEmpty()
            ? new Decoded.Ok<>(
                new Policy<>(
                    envelope.key(),
                    envelope.labels(),
                    envelope.annotations(),
                    generation,
                    envelope.spec(),
                    document.origin()))
            : new Decoded.Rejected<>(checker.violations());
      }
    };
  }

  /** The rules of targets and callers, which are the same for all kinds. */
  private static void checkCommon(PolicySpec spec, SpecChecker checker) {
    for (int i = 0; i < spec.targetRefs().size(); i++) {
      checkTarget("spec.targetRefs[" + i + "]", spec.targetRefs().get(i), checker);
    }
    for (int i = 0; i < spec.callers().size(); i++) {
      CallerRef caller = spec.callers().get(i);
      if (caller.service() == null && caller.namespace() == null && caller.labels().isEmpty()) {
        checker.refuse(
            "spec.from[" + i + "]",
            "must have at least one of `service`, `namespace`, `labels`, found none");
      }
    }
  }

  private static void checkTarget(String at, TargetRef target, SpecChecker checker) {
    String name = target.name();
    switch (target.kind()) {
      case SERVICE -> {
        if (name == null) {
          checker.refuse(at, "must have a `name`, since its `kind` is 'Service'");
        }
      }
      case NAMESPACE -> {
        refuse(at + ".namespace", target.namespace() != null, "Namespace", checker);
        refuse(at + ".port", target.port() != null, "Namespace", checker);
        if (name != null && !ServiceId.isLabel(name)) {
          checker.refuse(at + ".name", "must be a DNS label, found '" + name + "'");
        }
      }
      case MESH -> {
        refuse(at + ".name", name != null, "Mesh", checker);
        refuse(at + ".namespace", target.namespace() != null, "Mesh", checker);
        refuse(at + ".port", target.port() != null, "Mesh", checker);
      }
    }
  }

  private static void refuse(String field, boolean there, String kind, SpecChecker checker) {
    if (there) {
      checker.refuse(field, "must not be there, since `kind` is '" + kind + "'");
    }
  }
}
