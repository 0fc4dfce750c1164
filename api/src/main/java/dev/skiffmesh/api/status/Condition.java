package dev.skiffmesh.api.status;

/**
 * One condition of a policy, in the form of Kubernetes' API conventions.
 *
 * @param type {@code Accepted} or {@code Programmed}
 * @param status true, or false
 * @param reason one of {@link Reason}
 * @param message for people; empty where the reason says all
 * @param observedGeneration of the policy that it speaks of
 */
public record Condition(
    Type type, boolean status, Reason reason, String message, long observedGeneration) {

  /** The two questions that a policy's writer has. */
  public enum Type {
    /** Is it understood, allowed and meaningful? */
    ACCEPTED,
    /** Do the proxies that it concerns do what it says? */
    PROGRAMMED
  }

  /** Why a condition is as it is; the word in documents is the constant in Pascal case. */
  public enum Reason {
    /** Accepted: fine. */
    ACCEPTED,
    /** Accepted: breaks its kind's rules. */
    INVALID,
    /** Accepted: a target does not exist. */
    TARGET_NOT_FOUND,
    /** Accepted: no PolicyGrant in the target's namespace, or Mesh from another namespace. */
    NOT_PERMITTED,
    /** Accepted: contradicts another policy. */
    CONFLICTED,
    /** Programmed: acknowledged by all. */
    PROGRAMMED,
    /** Programmed: in force, but not everywhere or not whole. */
    PARTIALLY_PROGRAMMED,
    /** Programmed: no connected proxy uses it yet, or it shaped nothing. */
    NOTHING_TO_PROGRAM,
    /** Programmed: others win everywhere. */
    OVERRIDDEN,
    /** Programmed: a proxy rejected what it shaped. */
    REJECTED_BY_PROXY,
    /** Programmed: sent, not yet acknowledged. */
    PENDING
  }
}
