package dev.skiffmesh.translator.envoy;

import com.google.protobuf.UInt32Value;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.policy.match.ValueMatch;
import dev.skiffmesh.translator.place.AnswerOption;
import dev.skiffmesh.translator.place.KindFailed;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.plan.Hosts;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.RouteAction.Answered;
import dev.skiffmesh.translator.plan.RouteAction.Forward;
import dev.skiffmesh.translator.plan.RouteAction.Share;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.wire.Protos;
import dev.skiffmesh.translator.wire.RouteMatches;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A port for gRPC's own xDS clients (gRFC A27, A28 and later): a listener for each host, one route
 * configuration. What these clients would reject is left out and said; a resource that they reject
 * would take the whole channel with it.
 */
final class GrpcRoutes {

  private final PortPlan port;
  private final BiConsumer<Set<DocumentKey>, Lack> lacking;

  /**
   * A port.
   *
   * @param lacking told of policies what of them is left out, or may be
   */
  GrpcRoutes(PortPlan port, BiConsumer<Set<DocumentKey>, Lack> lacking) {
    this.port = port;
    this.lacking = lacking;
  }

  static String configurationName(PortPlan port) {
    return "grpc/" + port.name();
  }

  /** What these clients call it by: a channel's target is no URL, and no port is its own. */
  static Hosts targets(PortPlan port) {
    return new Hosts(targets(port.hosts().within(), port), targets(port.hosts().elsewhere(), port));
  }

  private static List<String> targets(List<String> hosts, PortPlan port) {
    String ownOfHttp = ":" + ServicePort.HTTP_DEFAULT;
    Set<String> all = Set.copyOf(hosts);
    return port.port().number() == ServicePort.HTTP_DEFAULT
        ? hosts
        : hosts.stream()
            .filter(
                host ->
                    !host.endsWith(ownOfHttp)
                        || !all.contains(host.substring(0, host.length() - ownOfHttp.length())))
            .toList();
  }

  static Listener listener(String host, PortPlan port) {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix("grpc")
            .setRds(
                Rds.newBuilder()
                    .setRouteConfigName(configurationName(port))
                    .setConfigSource(Protos.ADS))
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName("envoy.filters.http.router")
                    .setTypedConfig(Protos.any(Router.getDefaultInstance())))
            .build();
    return Listener.newBuilder()
        .setName(host)
        .setApiListener(ApiListener.newBuilder().setApiListener(Protos.any(manager)))
        .build();
  }

  RouteConfiguration configuration() {
    port.options().all().forEach(this::say);
    VirtualHost.Builder host =
        VirtualHost.newBuilder().setName(configurationName(port)).addDomains("*");
    for (RoutePlan plan : port.routes()) {
      KindFailed.blaming(plan.policies(), () -> routes(plan)).forEach(host::addRoutes);
    }
    return RouteConfiguration.newBuilder()
        .setName(configurationName(port))
        .addVirtualHosts(host)
        .build();
  }

  private List<Route> routes(RoutePlan plan) {
    List<RequestMatch> matches =
        plan.matches().stream().filter(match -> understands(plan, match)).toList();
    if (!plan.matches().isEmpty() && matches.isEmpty()) {
      return List.of();
    }
    Route action =
        switch (plan.action()) {
          case Answered(Placed<AnswerOption> answer) -> failing(answer);
          case Forward forward -> {
            plan.said().forEach(this::say);
            yield Route.newBuilder().setRoute(action(forward)).build();
          }
        };
    return RouteMatches.any(matches).stream()
        .map(match -> action.toBuilder().setName(plan.name()).setMatch(understood(match)).build())
        .toList();
  }

  /**
   * What does not go on to the service must not fall to the next rule. A client fails a call to a
   * route that does not forward with UNAVAILABLE (gRFC A36); grpc-java rejects the whole
   * configuration if a route has Envoy's own reply or redirect.
   */
  private Route failing(Placed<AnswerOption> answer) {
    say(answer);
    return Route.newBuilder()
        .setNonForwardingAction(NonForwardingAction.getDefaultInstance())
        .build();
  }

  /** A call without a query, cookies or an HTTP method of its choice. */
  private boolean understands(RoutePlan plan, RequestMatch match) {
    if (!match.queryParams().isEmpty() || !match.cookies().isEmpty()) {
      say(plan, "matches on query parameters and cookies");
      return false;
    }
    if (!match.methods().isEmpty() && !match.methods().contains("POST")) {
      return false;
    }
    PathMatch path = match.path();
    boolean absentHeaders = match.headers().stream().map(ValueMatch::not).anyMatch(n -> n != null);
    if (absentHeaders) {
      say(plan, "header matches with `not`");
      return false;
    }
    return path == null || path.exact() == null || path.exact().indexOf('/', 1) > 0;
  }

  /** These clients know prefix, path and safe_regex only. */
  private static RouteMatch understood(RouteMatch match) {
    RouteMatch.Builder builder = match.toBuilder();
    if (match.hasPathSeparatedPrefix()) {
      builder.setSafeRegex(
          RouteMatches.regex(RouteMatches.quote(match.getPathSeparatedPrefix()) + "(/.*)?"));
    } else if (match.getPrefix().equals("/")) {
      builder.setPrefix("");
    }
    for (int i = builder.getHeadersCount() - 1; i >= 0; i--) {
      if (builder.getHeaders(i).getName().equals(":method")) {
        builder.removeHeaders(i);
      }
    }
    return builder.build();
  }

  private static RouteAction action(Forward forward) {
    RouteAction.Builder action = RouteAction.newBuilder();
    if (forward.shares().size() == 1) {
      return action.setCluster(forward.shares().getFirst().cluster().text()).build();
    }
    WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
    // One name stands once in these clients' maps, so that equal destinations are added up.
    Set<String> seen = new HashSet<>();
    for (Share share : forward.shares()) {
      String name = share.cluster().text();
      if (seen.add(name)) {
        long weight =
            forward.shares().stream()
                .filter(other -> other.cluster().equals(share.cluster()))
                .mapToLong(Share::weight)
                .sum();
        clusters.addClusters(
            WeightedCluster.ClusterWeight.newBuilder()
                .setName(name)
                .setWeight(UInt32Value.of((int) weight)));
      }
    }
    return action.setWeightedClusters(clusters).build();
  }

  private void say(RoutePlan plan, String what) {
    lacking.accept(plan.policies(), Lack.of(what + " are not available"));
  }

  private void say(Placed<? extends Option> placed) {
    lacking.accept(placed.by(), new Lack.OfOption(placed.option()));
  }
}
