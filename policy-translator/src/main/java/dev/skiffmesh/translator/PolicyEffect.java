package dev.skiffmesh.translator;

/**
 * What a policy did to one proxy's resources. A policy that has no effect entry for a proxy does
 * not target anything in that proxy's view.
 *
 * @param outcome how much of it took effect
 * @param message what is missing and why, or who won; empty for {@link Outcome#SHAPED}
 */
public record PolicyEffect(Outcome outcome, String message) {

  /** All of it took effect. */
  public static final PolicyEffect SHAPED = new PolicyEffect(Outcome.SHAPED, "");

  /** How much of a policy took effect on one proxy. */
  public enum Outcome {
    /** All of it. */
    SHAPED,
    /** A part; the proxy's dialect lacks the rest. */
    PARTLY,
    /** None; more specific or earlier policies win everywhere. */
    OVERRIDDEN,
    /** None; it changes nothing here, or it is only tried out. */
    NOTHING
  }
}
