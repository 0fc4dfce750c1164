package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.policy.match.RequestMatch;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests take a route.
 *
 * @param match what they have; null for all
 * @param holds the cases that all of them are; of the other cases of the route none is
 */
public record Requests(@Nullable RequestMatch match, Set<Case> holds) {

  /** All of them. */
  public static final Requests ALL = new Requests(null, Set.of());

  /** Copies the cases. */
  public Requests {
    holds = Set.copyOf(holds);
  }
}
