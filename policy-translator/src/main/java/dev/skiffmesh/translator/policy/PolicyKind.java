package dev.skiffmesh.translator.policy;

import dev.skiffmesh.api.policy.PolicySpec;
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
   * What policies of this kind do to one port of one service.
   *
   * @param applied those that apply, the most specific first; at least one
   */
  List<Contribution> contribute(List<Applied<S>> applied, TargetPort target);

  /**
   * What policies of this kind do to the proxies of the workloads that they target; nothing by
   * default. Only asked of kinds whose direction is {@link PolicyDescriptor.Direction#WORKLOAD}.
   *
   * @param applied those that apply, the most specific first; at least one
   */
  default List<Contribution> contributeToWorkload(List<Applied<S>> applied) {
    return List.of();
  }
}
