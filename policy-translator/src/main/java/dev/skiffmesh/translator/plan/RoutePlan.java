package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.RouteOption;
import dev.skiffmesh.translator.place.Slot;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One route of a port.
 *
 * @param name for people and statistics
 * @param matches any of them; empty for every request
 * @param action what happens
 * @param options what is said of its requests and their answers alone, by slot
 * @param policies what shaped it
 */
public record RoutePlan(
    String name,
    List<RequestMatch> matches,
    RouteAction action,
    SortedMap<Slot, Placed<RouteOption>> options,
    SortedSet<DocumentKey> policies) {

  /** Copies what it is given; behind a match that takes every request, others are never asked. */
  public RoutePlan {
    matches = untilOneTakesAll(matches);
    options = Immutable.sortedMap(options);
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
    return new RoutePlan(name, matches, newAction, options, policies);
  }

  /** The same without a copy to one of those clusters; empty if it sends calls to one of them. */
  Optional<RoutePlan> without(Set<ClusterName> refused) {
    if (!(action instanceof RouteAction.Forward(var shares, var ofCalls))) {
      return Optional.of(this);
    }
    return shares.stream().anyMatch(share -> refused.contains(share.cluster()))
        ? Optional.empty()
        : Optional.of(
            with(
                new RouteAction.Forward(
                    shares,
                    Placed.only(
                        ofCalls,
                        placed -> placed.option().cluster().filter(refused::contains).isEmpty()))));
  }

  /** The same without what another kind says of it. */
  RoutePlan withoutKind(String kind) {
    RouteAction left =
        action instanceof RouteAction.Forward(var shares, var ofCalls)
            ? new RouteAction.Forward(shares, Placed.withoutKind(ofCalls, kind))
            : action;
    return new RoutePlan(name, matches, left, Placed.withoutKind(options, kind), policies);
  }

  /** All that is said of it alone. */
  public Stream<Placed<? extends Option>> said() {
    return Stream.concat(
        switch (action) {
          case RouteAction.Forward(_, var ofCalls) -> ofCalls.values().stream();
          case RouteAction.Answered(var answer) -> Stream.of(answer);
        },
        options.values().stream());
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
