package dev.skiffmesh.translator.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each sort of rule broken once by hand; what Envoy says of the same message is in its protos. */
class PgvRulesTest {

  private final PgvRules rules = new PgvRules();

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of("string min_len", Cluster.getDefaultInstance(), "name"),
        Arguments.of(
            "duration gt 0",
            Cluster.newBuilder()
                .setName("a")
                .setConnectTimeout(Duration.getDefaultInstance())
                .build(),
            "connect_timeout"),
        Arguments.of(
            "repeated min_items", VirtualHost.newBuilder().setName("a").build(), "domains"),
        Arguments.of(
            "required oneof",
            VirtualHost.newBuilder()
                .setName("a")
                .addDomains("a")
                .addRoutes(Route.getDefaultInstance())
                .build(),
            "routes[0]"),
        Arguments.of(
            "message required",
            Route.newBuilder().setRoute(RouteAction.newBuilder().setCluster("c")).build(),
            "match"),
        Arguments.of(
            "string pattern",
            RouteMatch.newBuilder().setPathSeparatedPrefix("/a/").build(),
            "path_separated_prefix"),
        Arguments.of(
            "header name",
            HeaderMatcher.newBuilder().setName("a\nb").setPresentMatch(true).build(),
            "name"),
        Arguments.of(
            "header value", HeaderValue.newBuilder().setKey("a").setValue("b\rc").build(), "value"),
        Arguments.of(
            "string max_bytes",
            HeaderValue.newBuilder().setKey("a").setValue("b".repeat(16_385)).build(),
            "value"),
        Arguments.of(
            "bytes max_len",
            HeaderValue.newBuilder()
                .setKey("a")
                .setRawValue(ByteString.copyFrom(new byte[16_385]))
                .build(),
            "raw_value"),
        Arguments.of(
            "uint32 range", DirectResponseAction.newBuilder().setStatus(600).build(), "status"),
        Arguments.of(
            "uint32 lte",
            SocketAddress.newBuilder().setAddress("a").setPortValue(65_536).build(),
            "port_value"),
        Arguments.of(
            "wrapper gte",
            LbEndpoint.newBuilder().setLoadBalancingWeight(UInt32Value.of(0)).build(),
            "load_balancing_weight"),
        Arguments.of(
            "uint32 lte of a nested message",
            LocalityLbEndpoints.newBuilder().setPriority(129).build(),
            "priority"),
        Arguments.of(
            "enum defined_only",
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder().setAddress("a").setPortValue(1).setProtocolValue(9))
                .build(),
            "socket_address.protocol"),
        Arguments.of(
            "repeated min_items in a oneof",
            RouteAction.newBuilder()
                .setWeightedClusters(WeightedCluster.getDefaultInstance())
                .build(),
            "weighted_clusters.clusters"),
        Arguments.of(
            "string min_len, deep",
            StringMatcher.newBuilder().setSafeRegex(RegexMatcher.getDefaultInstance()).build(),
            "safe_regex.regex"),
        Arguments.of(
            "packed in an Any",
            Cluster.newBuilder()
                .setName("a")
                .putTypedExtensionProtocolOptions(
                    "x", Any.pack(HttpConnectionManager.getDefaultInstance()))
                .build(),
            "route_specifier"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void aBrokenRuleIsFoundWithItsPath(String rule, Message message, String path) {
    assertThat(rules.firstBroken(message))
        .as(rule)
        .hasValueSatisfying(reason -> assertThat(reason).contains(path));
  }

  @Test
  void whatIsWholeBreaksNothing() {
    Message whole =
        VirtualHost.newBuilder()
            .setName("a")
            .addDomains("a")
            .addRoutes(
                Route.newBuilder()
                    .setMatch(RouteMatch.newBuilder().setPathSeparatedPrefix("/a"))
                    .setRoute(RouteAction.newBuilder().setCluster("c")))
            .build();

    assertThat(rules.firstBroken(whole)).isEqualTo(Optional.empty());
  }

  @Test
  void anAnyThatIsNotWhatItSaysIsFound() {
    Any lie =
        Any.newBuilder()
            .setTypeUrl(Any.pack(HttpConnectionManager.getDefaultInstance()).getTypeUrl())
            .setValue(ByteString.copyFromUtf8("not a proto"))
            .build();

    assertThat(
            rules.firstBroken(
                Cluster.newBuilder()
                    .setName("a")
                    .putTypedExtensionProtocolOptions("x", lie)
                    .build()))
        .isPresent();
  }
}
