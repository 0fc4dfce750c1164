package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.policy.trafficroute.HeaderEdits;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * One route of a port.
 *
 * @param name for people and statistics
 * @param matches any of them; empty for every request
 * @param action what happens
 * @param requestHeaders null: unchanged
 * @param responseHeaders null: unchanged
 * @param policies what shaped it
 */
public record RoutePlan(
    String name,
    List<RequestMatch> matches,
    RouteAction action,
    @Nullable HeaderEdits requestHeaders,
    @Nullable HeaderEdits responseHeaders,
    SortedSet<DocumentKey> policies) {

  /** Copies what it is given. */
  public RoutePlan {
    matches = List.copyOf(matches);
    policies = Immutable.sortedSet(policies);
  }

  /** Tells whether it takes every request. */
  public boolean takesAll() {
    return matches.isEmpty() || matches.stream().anyMatch(RoutePlan::isEmpty);
  }

  private static boolean isEmpty(RequestMatch match) {
    return match.methods().isEmpty()
        && match.path() == null
        && match.headers().isEmpty()
        && match.queryParams().isEmpty()
        && match.cookies().isEmpty()
        && match.grpc() == null
        && match.dubbo() == null
        && match.marks().isEmpty();
  }
}
