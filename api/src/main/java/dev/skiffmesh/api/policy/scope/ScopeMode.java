package dev.skiffmesh.api.policy.scope;

/** Which services a workload is sent. */
public enum ScopeMode {
  /**
   * What it declared and what it has asked for, each new one at its first call. A data plane that
   * cannot ask is sent everything.
   */
  ON_DEMAND,
  /** What it declared, and nothing else. */
  DECLARED,
  /** Everything. */
  ALL
}
