package dev.skiffmesh.translator.envoy;

import com.google.protobuf.UInt32Value;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.policy.match.HashKey;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.policy.trafficroute.HeaderEdits;
import dev.skiffmesh.api.policy.trafficroute.Redirect;
import dev.skiffmesh.api.policy.trafficroute.Reply;
import dev.skiffmesh.api.policy.trafficroute.Rewrite;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.RouteAction.Copy;
import dev.skiffmesh.translator.plan.RouteAction.Forward;
import dev.skiffmesh.translator.plan.RouteAction.Redirected;
import dev.skiffmesh.translator.plan.RouteAction.Replied;
import dev.skiffmesh.translator.plan.RouteAction.Share;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.wire.NewPath;
import dev.skiffmesh.translator.wire.NewerEnvoyFields;
import dev.skiffmesh.translator.wire.Protos;
import dev.skiffmesh.translator.wire.RouteMatches;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A port's routes, for Envoy. */
final class Routes {

  /**
   * Sticky shares are parts of one constant total, so that growing the last one moves nobody back:
   * Envoy takes the hash modulo the total and walks the clusters in order.
   */
  static final long STICKY_TOTAL = 1_000_000;

  private Routes() {}

  static List<Route> of(PortPlan port) {
    List<Route> routes = new ArrayList<>();
    for (RoutePlan plan : port.routes()) {
      if (plan.matches().isEmpty()) {
        routes.addAll(of(port, plan, null, RouteMatches.all()));
      }
      for (RequestMatch request : plan.matches()) {
        for (RouteMatch match : RouteMatches.alternatives(request)) {
          routes.addAll(of(port, plan, request, match));
        }
      }
    }
    return routes;
  }

  /** A request timeout never cuts a gRPC stream: such calls get a route of their own before it. */
  private static List<Route> of(
      PortPlan port, RoutePlan plan, @Nullable RequestMatch request, RouteMatch match) {
    if (!(plan.action() instanceof Forward)
        || port.requestTimeout().isZero()
        || port.port().protocol() == Protocol.HTTP) {
      return List.of(route(port, plan, request, match, port.requestTimeout()));
    }
    RouteMatch grpc =
        match.toBuilder().setGrpc(RouteMatch.GrpcRouteMatchOptions.getDefaultInstance()).build();
    return List.of(
        route(port, plan, request, grpc, Duration.ZERO),
        route(port, plan, request, match, port.requestTimeout()));
  }

  private static Route route(
      PortPlan port,
      RoutePlan plan,
      @Nullable RequestMatch request,
      RouteMatch match,
      Duration requestTimeout) {
    Route.Builder route = Route.newBuilder().setName(plan.name()).setMatch(match);
    switch (plan.action()) {
      case Forward forward ->
          route.setRoute(
              forward(port, forward, request).setTimeout(Protos.duration(requestTimeout)));
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

  private static RouteAction.Builder forward(
      PortPlan port, Forward forward, @Nullable RequestMatch request) {
    RouteAction.Builder action =
        RouteAction.newBuilder().setIdleTimeout(Protos.duration(port.idleTimeout()));
    HashKey stickyBy = forward.stickyBy();
    if (forward.shares().size() == 1) {
      action.setCluster(forward.shares().getFirst().cluster().text());
    } else {
      action.setWeightedClusters(weighted(forward.shares(), stickyBy != null));
    }
    if (stickyBy != null) {
      action.addHashPolicy(hashPolicy(stickyBy));
    }
    Copy mirror = forward.mirror();
    if (mirror != null) {
      action.addRequestMirrorPolicies(mirror(mirror));
    }
    Rewrite rewrite = forward.rewrite();
    if (rewrite != null) {
      rewrite(action, rewrite, request);
    }
    return action;
  }

  private static WeightedCluster.Builder weighted(List<Share> shares, boolean sticky) {
    WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
    List<Long> weights =
        sticky ? stickyShares(shares) : shares.stream().map(Share::weight).toList();
    for (int i = 0; i < shares.size(); i++) {
      clusters.addClusters(
          WeightedCluster.ClusterWeight.newBuilder()
              .setName(shares.get(i).cluster().text())
              .setWeight(UInt32Value.of(weights.get(i).intValue())));
    }
    return sticky ? NewerEnvoyFields.useHashPolicy(clusters) : clusters;
  }

  /** Differences of rounded cumulative sums: they add up to the total, whatever the weights. */
  static List<Long> stickyShares(List<Share> shares) {
    long sum = shares.stream().mapToLong(Share::weight).sum();
    List<Long> parts = new ArrayList<>();
    long cumulative = 0;
    long before = 0;
    for (Share share : shares) {
      cumulative += share.weight();
      long boundary = Math.round((double) cumulative * STICKY_TOTAL / sum);
      parts.add(boundary - before);
      before = boundary;
    }
    return parts;
  }

  private static RouteAction.HashPolicy hashPolicy(HashKey key) {
    RouteAction.HashPolicy.Builder policy = RouteAction.HashPolicy.newBuilder();
    String header = key.header();
    String queryParam = key.queryParam();
    HashKey.Cookie cookie = key.cookie();
    if (header != null) {
      policy.setHeader(RouteAction.HashPolicy.Header.newBuilder().setHeaderName(header));
    } else if (queryParam != null) {
      policy.setQueryParameter(
          RouteAction.HashPolicy.QueryParameter.newBuilder().setName(queryParam));
    } else if (cookie != null) {
      policy.setCookie(RouteAction.HashPolicy.Cookie.newBuilder().setName(cookie.name()));
    } else {
      policy.setConnectionProperties(
          RouteAction.HashPolicy.ConnectionProperties.newBuilder().setSourceIp(true));
    }
    return policy.build();
  }

  private static RouteAction.RequestMirrorPolicy mirror(Copy mirror) {
    return RouteAction.RequestMirrorPolicy.newBuilder()
        .setCluster(mirror.cluster().text())
        .setRuntimeFraction(
            RuntimeFractionalPercent.newBuilder()
                .setDefaultValue(
                    FractionalPercent.newBuilder()
                        .setNumerator(mirror.partsPerMillion())
                        .setDenominator(FractionalPercent.DenominatorType.MILLION)))
        .setDisableShadowHostSuffixAppend(true)
        .build();
  }

  private static void rewrite(
      RouteAction.Builder action, Rewrite rewrite, @Nullable RequestMatch request) {
    String path = rewrite.path();
    if (path != null) {
      switch (NewPath.of(request, path)) {
        case NewPath.Same() -> {}
        case NewPath.ForPrefix(String prefix) -> action.setPrefixRewrite(prefix);
        case NewPath.Whole whole -> action.setRegexRewrite(whole.substitution());
        case NewPath.ByRegex(RegexMatchAndSubstitute by) -> action.setRegexRewrite(by);
      }
    }
    String host = rewrite.host();
    if (host != null) {
      action.setHostRewriteLiteral(host);
    }
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
