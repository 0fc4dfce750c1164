package dev.skiffmesh.translator;

/** What becomes of the numbers of a service that follow from how many instances it has. */
public enum Sizing {
  /** They stay, or there is none. */
  SAME,
  /** One at least is smaller; that harms less and is to be followed at once. */
  LOWER,
  /** None is smaller and one at least is greater. */
  HIGHER
}
