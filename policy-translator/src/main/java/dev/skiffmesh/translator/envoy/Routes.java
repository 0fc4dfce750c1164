package dev.skiffmesh.translator.envoy;

import com.google.protobuf.UInt32Value;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.translator.place.AnswerOption;
import dev.skiffmesh.translator.place.Case;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.KindFailed;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.RouteOption;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.RouteAction.Answered;
import dev.skiffmesh.translator.plan.RouteAction.Forward;
import dev.skiffmesh.translator.plan.RouteAction.Share;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.wire.Protos;
import dev.skiffmesh.translator.wire.RouteMatches;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A port's routes, for Envoy. */
final class Routes {

  /** policies.md, "With no policy at all". */
  private static final Duration REQUEST_TIMEOUT = Duration.ZERO;

  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);

  private Routes() {}

  static List<Route> of(PortPlan port) {
    List<Route> routes = new ArrayList<>();
    for (RoutePlan plan : port.routes()) {
      routes.addAll(KindFailed.blaming(plan.policies(), () -> of(port, plan)));
    }
    return routes;
  }

  private static List<Route> of(PortPlan port, RoutePlan plan) {
    if (plan.matches().isEmpty()) {
      return of(port, plan, null, RouteMatches.all());
    }
    List<Route> routes = new ArrayList<>();
    for (RequestMatch request : plan.matches()) {
      for (RouteMatch match : RouteMatches.alternatives(request)) {
        routes.addAll(of(port, plan, request, match));
      }
    }
    return routes;
  }

  /** A route for each combination of cases, since the first one that fits is taken. */
  private static List<Route> of(
      PortPlan port, RoutePlan plan, @Nullable RequestMatch request, RouteMatch match) {
    SortedMap<Slot, Placed<RouteOption>> ofRoute = both(port.options().route(), plan.options());
    if (plan.action() instanceof Answered(Placed<AnswerOption> answer)) {
      Requests requests = new Requests(request, Set.of());
      Route.Builder route = Route.newBuilder().setName(plan.name()).setMatch(match);
      answer.apply(option -> option.applyTo(route, requests));
      return List.of(finished(route, ofRoute, requests));
    }
    Forward forward = (Forward) plan.action();
    SortedMap<Slot, Placed<ForwardOption>> options =
        both(port.options().forward(), forward.options());
    SortedSet<Case> cases = new TreeSet<>();
    options.values().forEach(placed -> placed.apply(option -> cases.addAll(option.cases())));
    cases.removeIf(one -> !one.canHold(port.port().protocol()));
    List<Set<Case>> combinations = List.of(Set.of());
    for (Case one : cases) {
      List<Set<Case>> doubled = new ArrayList<>();
      for (Set<Case> others : combinations) {
        doubled.add(with(others, one));
        doubled.add(others);
      }
      combinations = doubled;
    }
    return combinations.stream()
        .map(holds -> new Requests(request, holds))
        .map(
            requests ->
                finished(
                    Route.newBuilder()
                        .setName(plan.name())
                        .setMatch(narrowed(match, requests))
                        .setRoute(action(forward.shares(), options, requests)),
                    ofRoute,
                    requests))
        .toList();
  }

  /** A route's own option wins. */
  private static <O extends Option> SortedMap<Slot, Placed<O>> both(
      SortedMap<Slot, Placed<O>> ofPort, SortedMap<Slot, Placed<O>> own) {
    SortedMap<Slot, Placed<O>> both = new TreeMap<>(ofPort);
    both.putAll(own);
    return both;
  }

  private static Route finished(
      Route.Builder route, SortedMap<Slot, Placed<RouteOption>> options, Requests requests) {
    options.values().forEach(placed -> placed.apply(option -> option.applyTo(route, requests)));
    return route.build();
  }

  private static Set<Case> with(Set<Case> others, Case one) {
    Set<Case> both = new TreeSet<>(others);
    both.add(one);
    return both;
  }

  private static RouteMatch narrowed(RouteMatch match, Requests requests) {
    RouteMatch narrowed = match;
    for (Case one : requests.holds()) {
      narrowed = one.narrow(narrowed);
    }
    return narrowed;
  }

  private static RouteAction.Builder action(
      List<Share> shares, SortedMap<Slot, Placed<ForwardOption>> options, Requests requests) {
    RouteAction.Builder action =
        RouteAction.newBuilder()
            .setTimeout(Protos.duration(REQUEST_TIMEOUT))
            .setIdleTimeout(Protos.duration(IDLE_TIMEOUT));
    if (shares.size() == 1) {
      action.setCluster(shares.getFirst().cluster().text());
    } else {
      action.setWeightedClusters(weighted(shares));
    }
    options.values().forEach(placed -> placed.apply(option -> option.applyTo(action, requests)));
    return action;
  }

  private static WeightedCluster weighted(List<Share> shares) {
    WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
    for (Share share : shares) {
      clusters.addClusters(
          WeightedCluster.ClusterWeight.newBuilder()
              .setName(share.cluster().text())
              .setWeight(UInt32Value.of((int) share.weight())));
    }
    return clusters.build();
  }
}
