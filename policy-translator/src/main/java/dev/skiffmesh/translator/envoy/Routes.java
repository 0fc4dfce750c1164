package dev.skiffmesh.translator.envoy;

import com.google.protobuf.UInt32Value;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.policy.trafficroute.HeaderEdits;
import dev.skiffmesh.api.policy.trafficroute.Redirect;
import dev.skiffmesh.api.policy.trafficroute.Reply;
import dev.skiffmesh.translator.place.Case;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.KindFailed;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.RouteAction.Forward;
import dev.skiffmesh.translator.plan.RouteAction.Redirected;
import dev.skiffmesh.translator.plan.RouteAction.Replied;
import dev.skiffmesh.translator.plan.RouteAction.Share;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.wire.NewPath;
import dev.skiffmesh.translator.wire.Protos;
import dev.skiffmesh.translator.wire.RouteMatches;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    if (!(plan.action() instanceof Forward forward)) {
      return List.of(answer(plan, request, match));
    }
    SortedMap<Slot, Placed<ForwardOption>> options = new TreeMap<>(port.options());
    options.putAll(forward.options());
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
        .map(holds -> route(plan, match, forward.shares(), options, new Requests(request, holds)))
        .toList();
  }

  private static Set<Case> with(Set<Case> others, Case one) {
    Set<Case> both = new TreeSet<>(others);
    both.add(one);
    return both;
  }

  private static Route route(
      RoutePlan plan,
      RouteMatch match,
      List<Share> shares,
      SortedMap<Slot, Placed<ForwardOption>> options,
      Requests requests) {
    RouteMatch narrowed = match;
    for (Case one : requests.holds()) {
      narrowed = one.narrow(narrowed);
    }
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
    Route.Builder route =
        Route.newBuilder().setName(plan.name()).setMatch(narrowed).setRoute(action);
    edit(route, plan);
    return route.build();
  }

  private static Route answer(RoutePlan plan, @Nullable RequestMatch request, RouteMatch match) {
    Route.Builder route = Route.newBuilder().setName(plan.name()).setMatch(match);
    switch (plan.action()) {
      case Forward _ -> throw new IllegalArgumentException("It is no answer: " + plan);
      case Redirected(Redirect redirect) -> route.setRedirect(redirect(redirect, request));
      case Replied(Reply reply) -> {
        route.setDirectResponse(directResponse(reply));
        set(route::addResponseHeadersToAdd, reply.headers());
      }
    }
    edit(route, plan);
    return route.build();
  }

  private static void edit(Route.Builder route, RoutePlan plan) {
    HeaderEdits request = plan.requestHeaders();
    if (request != null) {
      set(route::addRequestHeadersToAdd, request.set());
      add(route::addRequestHeadersToAdd, request.add());
      route.addAllRequestHeadersToRemove(request.remove());
    }
    HeaderEdits response = plan.responseHeaders();
    if (response != null) {
      set(route::addResponseHeadersToAdd, response.set());
      add(route::addResponseHeadersToAdd, response.add());
      route.addAllResponseHeadersToRemove(response.remove());
    }
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

  private static RedirectAction redirect(Redirect redirect, @Nullable RequestMatch request) {
    RedirectAction.Builder action =
        RedirectAction.newBuilder()
            .setResponseCode(
                switch (redirect.status()) {
                  case 301 -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
                  case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
                  case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
                  case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
                  default -> RedirectAction.RedirectResponseCode.FOUND;
                });
    String scheme = redirect.scheme();
    String host = redirect.host();
    Integer port = redirect.port();
    String path = redirect.path();
    if (scheme != null) {
      action.setSchemeRedirect(scheme);
    }
    if (host != null) {
      action.setHostRedirect(host);
    }
    if (port != null) {
      action.setPortRedirect(port);
    }
    if (path != null) {
      switch (NewPath.of(request, path)) {
        case NewPath.Same() -> {}
        case NewPath.ForPrefix(String prefix) -> action.setPrefixRewrite(prefix);
        case NewPath.Whole(String whole) -> action.setPathRedirect(whole);
        case NewPath.ByRegex(RegexMatchAndSubstitute by) -> action.setRegexRewrite(by);
      }
    }
    return action.build();
  }

  private static DirectResponseAction directResponse(Reply reply) {
    DirectResponseAction.Builder action =
        DirectResponseAction.newBuilder().setStatus(reply.status());
    String body = reply.body();
    if (body != null) {
      action.setBody(DataSource.newBuilder().setInlineString(body));
    }
    return action.build();
  }

  private interface Adder {
    Object add(HeaderValueOption option);
  }

  private static void set(Adder adder, Map<String, String> headers) {
    headers.forEach(
        (name, value) ->
            adder.add(option(name, value, HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)));
  }

  private static void add(Adder adder, Map<String, String> headers) {
    headers.forEach(
        (name, value) ->
            adder.add(option(name, value, HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
  }

  private static HeaderValueOption option(String name, String value, HeaderAppendAction action) {
    return HeaderValueOption.newBuilder()
        .setHeader(
            HeaderValue.newBuilder()
                .setKey(name)
                // A single '%' would begin a command of Envoy's access-log format.
                .setValue(value.replace("%", "%%")))
        .setAppendAction(action)
        .setKeepEmptyValue(true)
        .build();
  }
}
