package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.policy.trafficroute.HeaderEdits;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.Placed;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  /** Copies what it is given; behind a match that takes every request, others are never asked. */
  public RoutePlan {
    matches = untilOneTakesAll(matches);
    policies = Immutable.sortedSet(policies);
  }

  private static List<RequestMatch> untilOneTakesAll(List<RequestMatch> matches) {
    for (int i = 0; i < matches.size(); i++) {
      if (isEmpty(matches.get(i))) {
        return List.copyOf(matches.subList(0, i + 1));
      }
    }
    return List.copyOf(matches);
  }

  /** All that it sends calls or copies to. */
  public List<ClusterName> clusters() {
    return action instanceof RouteAction.Forward forward ? forward.clusters() : List.of();
  }

  /** The same where something else happens to a request. */
  public RoutePlan with(RouteAction newAction) {
    return new RoutePlan(name, matches, newAction, requestHeaders, responseHeaders, policies);
  }

  /** The same without a copy to one of those clusters; empty if it sends calls to one of them. */
  Optional<RoutePlan> without(Set<ClusterName> refused) {
    if (!(action instanceof RouteAction.Forward(var shares, var options))) {
      return Optional.of(this);
    }
    return shares.stream().anyMatch(share -> refused.contains(share.cluster()))
        ? Optional.empty()
        : Optional.of(
            with(
                new RouteAction.Forward(
                    shares,
                    Placed.only(
                        options,
                        placed -> placed.option().cluster().filter(refused::contains).isEmpty()))));
  }

  /** The same without what another kind says of it. */
  RoutePlan withoutKind(String kind) {
    return action instanceof RouteAction.Forward(var shares, var options)
        ? with(
            new RouteAction.Forward(
                shares, Placed.only(options, placed -> !placed.kind().equals(kind))))
        : this;
  }

  /** Tells whether it takes every request. */
  public boolean takesAll() {
    return matches.isEmpty() || isEmpty(matches.getLast());
  }

  /** {@code /} is the beginning of every path. */
  private static boolean isRoot(@Nullable String prefix) {
    return prefix != null && prefix.chars().allMatch(c -> c == '/');
  }

  private static boolean isEmpty(RequestMatch match) {
    PathMatch path = match.path();
    return match.methods().isEmpty()
        && (path == null || isRoot(path.prefix()))
        && match.headers().isEmpty()
        && match.queryParams().isEmpty()
        && match.cookies().isEmpty()
        && match.grpc() == null
        && match.dubbo() == null
        && match.marks().isEmpty();
  }
}
