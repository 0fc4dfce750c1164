package dev.skiffmesh.server.status;

/** What a source is asked for; one may be both. */
public enum SourceRole {
  /** Services and endpoints. */
  REGISTRY,
  /** Policy documents. */
  POLICIES
}
