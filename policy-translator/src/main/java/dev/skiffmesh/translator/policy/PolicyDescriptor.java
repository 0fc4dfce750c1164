package dev.skiffmesh.translator.policy;

import dev.skiffmesh.api.policy.PolicySpec;

/**
 * A kind's names and nature: the one place that CRDs, reference pages, commands and the API read.
 *
 * @param kind as documents write it: {@code TrafficRoute}
 * @param plural as Kubernetes and URLs write it: {@code trafficroutes}
 * @param spec the spec's record, which is the schema
 * @param family how several policies on one target go together
 * @param direction which proxy enforces it, unless {@link PolicyKind#direction} says otherwise of a
 *     policy
 * @param description one sentence
 */
public record PolicyDescriptor<S extends PolicySpec>(
    String kind,
    String plural,
    Class<S> spec,
    Family family,
    Direction direction,
    String description) {

  /**
   * What {@code kubectl} takes for the plural: {@code sk} and the first letters of the kind's
   * words, so that {@code sktr} is TrafficRoute.
   */
  public String shortName() {
    return "sk"
        + kind.chars()
            .filter(Character::isUpperCase)
            .map(Character::toLowerCase)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
  }

  /** How several policies on one target go together. */
  public enum Family {
    /** Merged field by field; the more specific wins. */
    SETTING,
    /** All apply. */
    ADDITIVE,
    /** Rules one after the other, in the order of specificity, then order, then name. */
    ROUTE,
    /** Says who may do what; shapes no resource. */
    PERMISSION
  }

  /** Which proxy enforces a kind. */
  public enum Direction {
    /** The caller's. */
    OUTBOUND,
    /** The callee's. */
    INBOUND,
    /** The target's own, for the calls that it makes; targets need not be registered services. */
    WORKLOAD
  }
}
