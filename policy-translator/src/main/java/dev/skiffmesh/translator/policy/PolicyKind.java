package dev.skiffmesh.translator.policy;

import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import java.util.List;

/**
 * One kind of policy: everything that Skiff knows of it, beside its spec record. Pure and
 * stateless.
 *
 * <p>To add one, write its spec in {@code api/.../policy/<kind>}, its behaviour beside this package
 * in {@code policy/<kind>}, a line in {@link PolicyKinds#ALL}, and its golden cases.
 *
 * @param <S> the spec's record
 */
public interface PolicyKind<S extends PolicySpec> {

  /** What documents, commands and pages call it. */
  PolicyDescriptor<S> descriptor();

  /**
   * Finds what is wrong beyond what the schema says: fields against each other, expressions that do
   * not compile.
   */
  void check(S spec, SpecChecker checker);

  /**
   * Other services that the spec names; none by default. {@link #contribute} finds no service that
   * is not among them, so that a plan depends on nothing else.
   */
  default List<ServiceRef> references(S spec) {
    return List.of();
  }

  /**
   * What policies of this kind do to one port of one service, in the proxies of its callers. Only
   * asked about policies whose direction is {@link Direction#OUTBOUND}.
   *
   * @param applied those that apply, the most specific first; at least one
   */
  List<Contribution> contribute(List<Applied<S>> applied, TargetPort target);

  /**
   * What policies of this kind do to the calls that come in at one port of one service, in the
   * proxies of its instances; nothing by default. Only asked about policies whose direction is
   * {@link Direction#INBOUND}. Whose calls they are about is added to each of their rules.
   *
   * @param applied those that apply, the most specific first; at least one
   */
  default List<Contribution> contributeInbound(List<Applied<S>> applied, TargetPort target) {
    return List.of();
  }

  /**
   * Which proxies enforce a policy, if the kind leaves that to each of its policies; the kind's own
   * direction by default.
   */
  default Direction direction(S spec) {
    return descriptor().direction();
  }

  /**
   * Whether numbers in what the policy says follow from how many instances its targets have; false
   * by default. Plans of such targets are made again when these numbers change.
   */
  default boolean isSized(S spec) {
    return false;
  }

  /** Rules between this kind's options and those of others; none by default. */
  default List<PortCheck> portChecks() {
    return List.of();
  }

  /**
   * What policies of this kind do to the proxies of the workloads that they target; nothing by
   * default. Only asked about policies whose direction is {@link Direction#WORKLOAD}.
   *
   * @param applied those that apply, the most specific first; at least one
   */
  default List<Contribution> contributeToWorkload(List<Applied<S>> applied) {
    return List.of();
  }
}
