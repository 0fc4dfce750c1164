package dev.skiffmesh.translator;

import dev.skiffmesh.api.status.Condition;

/**
 * Whether a valid policy takes part, given the world.
 *
 * @param accepted whether it does
 * @param reason {@code ACCEPTED}, {@code TARGET_NOT_FOUND}, {@code NOT_PERMITTED} or {@code
 *     CONFLICTED}
 * @param message for people; empty if all is fine
 */
public record Acceptance(boolean accepted, Condition.Reason reason, String message) {

  /** All is fine. */
  public static final Acceptance ACCEPTED = new Acceptance(true, Condition.Reason.ACCEPTED, "");
}
