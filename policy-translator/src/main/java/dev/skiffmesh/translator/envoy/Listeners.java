package dev.skiffmesh.translator.envoy;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.translator.wire.Protos;
import dev.skiffmesh.translator.wire.RouteMatches;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import io.envoyproxy.envoy.extensions.filters.http.on_demand.v3.OnDemand;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.time.Duration;
import java.util.Locale;

/**
 * A proxy's listeners, from its identity alone: they are constant for its lifetime, since a changed
 * listener drains its connections. What they do to a call is nothing: joining changes nothing.
 *
 * <p>Later inbound kinds come as filters by ECDS in fixed slots before the router; a slot is one
 * more entry of {@link #connectionManager}, and all proxies get it with a restart at the latest.
 */
final class Listeners {

  static final String EGRESS = "egress";

  /**
   * Ends a first call to a host that nobody knows; routes have idle timeouts of their own, so that
   * it cuts no upload and no slow answer.
   */
  private static final Duration EGRESS_STREAM_IDLE = Duration.ofSeconds(15);

  /** The greatest that Envoy takes (http_connection_manager.proto). */
  private static final UInt32Value MOST_HEADER_KIB = UInt32Value.of(8192);

  /** Envoy's default is 100; the application's own server decides instead. */
  private static final UInt32Value MOST_HEADERS = UInt32Value.of(10_000);

  /** The greatest that Envoy takes; its default is 1,024 since 1.36. */
  private static final UInt32Value MOST_STREAMS = UInt32Value.of(Integer.MAX_VALUE);

  private static final String FORWARDED_PROTO = "x-forwarded-proto";

  /** Where the caller's own header waits while Envoy puts its own in its place. */
  private static final String CALLERS_FORWARDED_PROTO = "x-skiff-forwarded-proto";

  private static final String ON_DEMAND = "envoy.filters.http.on_demand";

  private static final String WEBSOCKET = "websocket";

  /**
   * A server may ignore an offer to speak something else (RFC 9110, section 7.8), and Envoy refuses
   * each that it was not told of: clients that offer TLS with every call (Apache HttpClient since
   * 5.4) would get 403. Asked of each offer by itself.
   */
  private static final StringMatcher OTHER_OFFERS =
      StringMatcher.newBuilder().setSafeRegex(RouteMatches.regex(allBut(WEBSOCKET))).build();

  private Listeners() {}

  /**
   * A regular expression for every text but a word in any case; RE2 has none for "not". From the
   * end to the beginning: a text differs from the word if it ends here, or goes on with another
   * letter, or with this one and differs after it; what goes on after the whole word differs, too.
   */
  private static String allBut(String word) {
    String differs = ".+";
    for (int i = word.length() - 1; i >= 0; i--) {
      String letter = word.substring(i, i + 1);
      String cases = letter + letter.toUpperCase(Locale.ROOT);
      differs = "(?:[^" + cases + "].*|[" + cases + "]" + differs + ")?";
    }
    return differs;
  }

  /**
   * Where the application reaches the mesh, on loopback.
   *
   * @param onDemand whether a host that is not known is asked for
   */
  static Listener egress(ProxyIdentity identity, String routeConfiguration, boolean onDemand) {
    HttpConnectionManager.Builder manager =
        connectionManager(EGRESS)
            .setStreamIdleTimeout(Protos.duration(EGRESS_STREAM_IDLE))
            // A name written absolutely is the same name (RFC 1034, section 3.1).
            .setStripTrailingHostDot(true)
            .setRds(
                Rds.newBuilder()
                    .setRouteConfigName(routeConfiguration)
                    .setConfigSource(Protos.ADS));
    if (onDemand) {
      // Before every filter that looks at the route.
      manager.addHttpFilters(0, filter(ON_DEMAND, OnDemand.getDefaultInstance()));
    }
    return Listener.newBuilder()
        .setName(EGRESS)
        .setAddress(Clusters.address("127.0.0.1", identity.egressPort()))
        .setTrafficDirection(TrafficDirection.OUTBOUND)
        .addFilterChains(FilterChain.newBuilder().addFilters(http(manager)))
        .build();
  }

  static String inboundName(ProxyPort port) {
    return "inbound|" + port.inbound();
  }

  /** Where callers reach the application: the registered address and port. */
  static Listener inbound(ProxyIdentity identity, ProxyPort port) {
    Filter.Builder filter =
        port.protocol().isHttpFamily()
            ? http(
                connectionManager(inboundName(port))
                    .setStreamIdleTimeout(Protos.duration(Duration.ZERO))
                    .setRouteConfig(toApplication(port)))
            : tcp(port);
    return Listener.newBuilder()
        .setName(inboundName(port))
        .setAddress(Clusters.address(identity.address(), port.inbound()))
        .setTrafficDirection(TrafficDirection.INBOUND)
        .addFilterChains(FilterChain.newBuilder().addFilters(filter))
        .build();
  }

  private static RouteConfiguration toApplication(ProxyPort port) {
    return RouteConfiguration.newBuilder()
        .setName(inboundName(port))
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName(inboundName(port))
                .addDomains("*")
                .addRoutes(
                    Route.newBuilder()
                        .setName("application")
                        .setMatch(RouteMatches.all())
                        .setRoute(
                            RouteAction.newBuilder()
                                .setCluster(Clusters.applicationName(port))
                                .setTimeout(Protos.duration(Duration.ZERO))
                                .setIdleTimeout(Protos.duration(Duration.ZERO)))))
        .build();
  }

  private static Filter.Builder tcp(ProxyPort port) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.tcp_proxy")
        .setTypedConfig(
            Protos.any(
                TcpProxy.newBuilder()
                    .setStatPrefix(inboundName(port))
                    .setCluster(Clusters.applicationName(port))
                    .setIdleTimeout(Protos.duration(Duration.ZERO))
                    .build()));
  }

  private static Filter.Builder http(HttpConnectionManager.Builder manager) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.http_connection_manager")
        .setTypedConfig(Protos.any(manager.build()));
  }

  /** Every option here keeps Envoy from changing something about a call. */
  private static HttpConnectionManager.Builder connectionManager(String statPrefix) {
    return HttpConnectionManager.newBuilder()
        .setStatPrefix(statPrefix.replace('|', '_'))
        .setCodecType(HttpConnectionManager.CodecType.AUTO)
        .setServerHeaderTransformation(
            HttpConnectionManager.ServerHeaderTransformation.PASS_THROUGH)
        .setGenerateRequestId(Protos.FALSE)
        .setPreserveExternalRequestId(true)
        .setSkipXffAppend(true)
        // Otherwise Envoy itself asks for the body, and interim answers (1xx) go nowhere.
        .setProxy100Continue(true)
        .setPathWithEscapedSlashesAction(
            HttpConnectionManager.PathWithEscapedSlashesAction.KEEP_UNCHANGED)
        .setNormalizePath(Protos.FALSE)
        .setMaxRequestHeadersKb(MOST_HEADER_KIB)
        .setCommonHttpProtocolOptions(
            HttpProtocolOptions.newBuilder().setMaxHeadersCount(MOST_HEADERS))
        .setHttpProtocolOptions(
            Http1ProtocolOptions.newBuilder()
                .setAcceptHttp10(true)
                .setDefaultHostForHttp10("http-1-0.invalid")
                .setAllowChunkedLength(true)
                .setEnableTrailers(true)
                .addIgnoreHttp11Upgrade(OTHER_OFFERS)
                .setHeaderKeyFormat(Protos.PRESERVE_CASE))
        .setHttp2ProtocolOptions(
            Http2ProtocolOptions.newBuilder().setMaxConcurrentStreams(MOST_STREAMS))
        .addUpgradeConfigs(
            HttpConnectionManager.UpgradeConfig.newBuilder()
                .setUpgradeType(WEBSOCKET)
                .setEnabled(BoolValue.of(true)))
        .addEarlyHeaderMutationExtensions(keepForwardedProto())
        .addHttpFilters(
            filter(
                "envoy.filters.http.header_mutation",
                io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                    .newBuilder()
                    .setMutations(
                        Mutations.newBuilder()
                            .addRequestMutations(remove(FORWARDED_PROTO))
                            .addRequestMutations(move(CALLERS_FORWARDED_PROTO, FORWARDED_PROTO))
                            .addRequestMutations(remove(CALLERS_FORWARDED_PROTO)))
                    .build()))
        .addHttpFilters(
            filter(
                "envoy.filters.http.router",
                Router.newBuilder().setSuppressEnvoyHeaders(true).build()));
  }

  /**
   * Envoy adds {@code x-forwarded-proto} where a caller has sent none, before any filter runs. The
   * caller's own is set aside first, and put back by the first filter.
   */
  private static io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig keepForwardedProto() {
    return Protos.extension(
        "envoy.http.early_header_mutation.header_mutation",
        io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation
            .newBuilder()
            .addMutations(remove(CALLERS_FORWARDED_PROTO))
            .addMutations(move(FORWARDED_PROTO, CALLERS_FORWARDED_PROTO))
            .build());
  }

  private static HeaderMutation remove(String header) {
    return HeaderMutation.newBuilder().setRemove(header).build();
  }

  private static HeaderMutation move(String from, String to) {
    return HeaderMutation.newBuilder()
        .setAppend(
            HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(to).setValue("%REQ(" + from + ")%"))
                .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD))
        .build();
  }

  private static HttpFilter filter(String name, com.google.protobuf.Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Protos.any(config)).build();
  }
}
