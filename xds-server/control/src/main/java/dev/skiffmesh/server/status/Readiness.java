package dev.skiffmesh.server.status;

import java.util.List;

/**
 * Whether proxies are served: every source has told all it has, or what it said before the restart
 * is served in its place, or it had nothing to say within the startup timeout.
 *
 * @param ready whether streams are accepted; false again only while the control loop stands still
 * @param notes what is missing or stale, one sentence each; empty if all is well
 */
public record Readiness(boolean ready, List<String> notes) {
  /** Copies the notes. */
  public Readiness {
    notes = List.copyOf(notes);
  }
}
