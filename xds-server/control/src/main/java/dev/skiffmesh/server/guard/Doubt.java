package dev.skiffmesh.server.guard;

/** What becomes of a service whose registry is doubted. */
public enum Doubt {
  /** What was known stays. */
  HELD,
  /** The registry lists enough again. */
  RECOVERED,
  /** An operator agreed. */
  ACCEPTED,
  /** The hold time was over. */
  EXPIRED
}
