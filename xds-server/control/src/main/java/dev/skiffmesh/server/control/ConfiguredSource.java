package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.server.status.SourceRole;
import java.util.SortedSet;

/**
 * A source and what it is asked for.
 *
 * @param source not yet started; the loop starts and closes it
 * @param roles at least one
 */
public record ConfiguredSource(Source source, SortedSet<SourceRole> roles) {
  /** Copies the roles. */
  public ConfiguredSource {
    roles = Immutable.sortedSet(roles);
  }
}
