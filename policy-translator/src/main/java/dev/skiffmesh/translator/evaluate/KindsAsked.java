package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.place.AnswerOption;
import dev.skiffmesh.translator.place.Failures;
import dev.skiffmesh.translator.place.InboundFilter;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.MergedPort;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Asks kinds, each by itself, what their policies do to one target. A kind that fails there takes
 * its own policies off it, with a finding at each of them, and nothing else.
 */
final class KindsAsked {

  /** To answer all calls, whatever their routes say, is nothing that a policy may ask for. */
  static final String ANSWER_OF_A_PORT =
      "an answer must be of a route, not of all of a port's calls";

  private KindsAsked() {}

  /**
   * What policies do to callers of a port, kind by kind.
   *
   * @param sound throws if something that a kind says cannot be followed
   */
  static List<Contribution> aboutPort(
      List<PolicyKind<?>> kinds,
      TargetPort target,
      List<Targeting> targetings,
      Consumer<Contribution> sound) {
    List<Targeting> reaching = reaching(targetings, target);
    String where = where(target);
    List<Contribution> all = new ArrayList<>();
    for (PolicyKind<?> kind : kinds) {
      all.addAll(aboutPort(kind, target, reaching, where, sound));
    }
    return all;
  }

  private static <S extends PolicySpec> List<Contribution> aboutPort(
      PolicyKind<S> kind,
      TargetPort target,
      List<Targeting> targetings,
      String where,
      Consumer<Contribution> sound) {
    return asked(
        applied(kind, targetings),
        where,
        applied -> {
          // What fails here failed when the port's references were gathered, and left them empty.
          applied.forEach(one -> kind.references(one.spec()));
          List<Contribution> contributions = kind.contribute(applied, target);
          contributions.forEach(KindsAsked::requireSlot);
          contributions.forEach(sound);
          return contributions;
        });
  }

  /** An option that cannot say what it writes would fail where nobody could say whose it is. */
  private static void requireSlot(Contribution contribution) {
    if (contribution instanceof Contribution.At(Placed<?> placed)
        && (placed.option() instanceof AnswerOption || placed.option().slot() == Slot.ANSWER)) {
      throw new IllegalArgumentException(ANSWER_OF_A_PORT + ", found " + placed);
    }
  }

  /** What policies do in a service's own proxies to calls of a port, kind by kind. */
  static List<Contribution> aboutInbound(
      List<PolicyKind<?>> kinds, TargetPort target, List<Targeting> targetings) {
    List<Targeting> reaching = reaching(targetings, target);
    String where = "calls to " + where(target);
    List<Contribution> all = new ArrayList<>();
    for (PolicyKind<?> kind : kinds) {
      all.addAll(aboutInbound(kind, target, reaching, where));
    }
    return all;
  }

  private static <S extends PolicySpec> List<Contribution> aboutInbound(
      PolicyKind<S> kind, TargetPort target, List<Targeting> targetings, String where) {
    return asked(
        applied(kind, targetings),
        where,
        applied -> {
          applied.forEach(one -> kind.references(one.spec()));
          List<Contribution> contributions = kind.contributeInbound(applied, target);
          contributions.forEach(KindsAsked::requireStage);
          return contributions;
        });
  }

  private static void requireStage(Contribution contribution) {
    if (contribution instanceof Contribution.Filters(_, List<InboundFilter> filters)) {
      for (InboundFilter filter : filters) {
        if (!filter.stage().isOfKinds()) {
          throw new IllegalArgumentException(
              "a policy must not fill the stage " + filter.stage() + ", found " + filter);
        }
      }
    }
  }

  /** What kinds say of their policies where all of a port is in force together. */
  static List<Contribution> aboutMerged(
      List<PolicyKind<?>> kinds, MergedPort port, List<Targeting> targetings) {
    List<Targeting> reaching = reaching(targetings, port.target());
    String where = where(port.target());
    List<Contribution> all = new ArrayList<>();
    for (PolicyKind<?> kind : kinds) {
      all.addAll(aboutMerged(kind, port, reaching, where));
    }
    return all;
  }

  private static <S extends PolicySpec> List<Contribution> aboutMerged(
      PolicyKind<S> kind, MergedPort port, List<Targeting> targetings, String where) {
    return asked(
        applied(kind, targetings),
        where,
        applied -> {
          List<Contribution> remarks = new ArrayList<>();
          kind.portChecks().forEach(check -> remarks.addAll(check.check(port)));
          return remarks;
        });
  }

  private static List<Targeting> reaching(List<Targeting> targetings, TargetPort target) {
    return targetings.stream().filter(t -> t.reaches(target.port().number())).toList();
  }

  private static String where(TargetPort target) {
    return target.service().id() + ":" + target.port().number();
  }

  /** What policies of a kind do to a workload's own proxies. */
  static <S extends PolicySpec> List<Contribution> aboutWorkload(
      PolicyKind<S> kind, List<Targeting> targetings, String workload) {
    return asked(applied(kind, targetings), workload, kind::contributeToWorkload);
  }

  private static <S extends PolicySpec> List<Contribution> asked(
      List<Applied<S>> applied, String where, Function<List<Applied<S>>, List<Contribution>> kind) {
    if (applied.isEmpty()) {
      return List.of();
    }
    try {
      return List.copyOf(kind.apply(applied));
    } catch (Throwable failure) {
      String message = Failures.message(where, failure);
      List<Contribution> nothing = new ArrayList<>();
      for (Applied<S> one : applied) {
        nothing.add(new Contribution.Lacking(one.key(), message));
        nothing.add(
            new Contribution.Reports(
                one.key(),
                Finding.of(FindingCode.TRANSLATION_FAILED, one.key().toString(), message)));
      }
      return nothing;
    }
  }

  /** A policy that names a target in two ways counts once, at its closest. */
  private static <S extends PolicySpec> List<Applied<S>> applied(
      PolicyKind<S> kind, List<Targeting> targetings) {
    List<Applied<S>> applied = new ArrayList<>();
    Set<DocumentKey> seen = new TreeSet<>();
    for (Targeting targeting : targetings) {
      if (targeting.kind().equals(kind) && seen.add(targeting.policy().key())) {
        applied.add(new Applied<>(typed(targeting.policy()), targeting.level()));
      }
    }
    return applied;
  }

  /** A policy under a kind's name was decoded to that kind's spec. */
  @SuppressWarnings("unchecked")
  private static <S extends PolicySpec> Policy<S> typed(Policy<?> policy) {
    return (Policy<S>) policy;
  }
}
