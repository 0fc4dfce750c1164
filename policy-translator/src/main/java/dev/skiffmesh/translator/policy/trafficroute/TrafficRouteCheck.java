package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.policy.match.HashKey;
import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.policy.match.ValueMatch;
import dev.skiffmesh.api.policy.trafficroute.Destination;
import dev.skiffmesh.api.policy.trafficroute.HeaderEdits;
import dev.skiffmesh.api.policy.trafficroute.Mirror;
import dev.skiffmesh.api.policy.trafficroute.Redirect;
import dev.skiffmesh.api.policy.trafficroute.Reply;
import dev.skiffmesh.api.policy.trafficroute.TrafficRouteSpec;
import dev.skiffmesh.api.policy.trafficroute.TrafficRule;
import dev.skiffmesh.translator.policy.SpecChecker;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a TrafficRoute must be beyond its schema. */
final class TrafficRouteCheck {

  /** Envoy sums weights in 32 bits (route_components.proto, WeightedCluster). */
  private static final long GREATEST_SUM = 4_294_967_295L;

  /** Envoy's default {@code max_direct_response_body_size_bytes} (route.proto). */
  private static final int GREATEST_BODY = 4096;

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** RFC 9110, section 5.6.2. */
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** Belong to the connection or the message's framing (RFC 9110, section 7.6.1). */
  private static final Set<String> FRAMING =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final SpecChecker checker;

  TrafficRouteCheck(SpecChecker checker) {
    this.checker = checker;
  }

  void check(TrafficRouteSpec spec) {
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < spec.rules().size(); i++) {
      TrafficRule rule = spec.rules().get(i);
      String at = "spec.rules[" + i + "]";
      String name = rule.name();
      Integer earlier = name == null ? null : names.putIfAbsent(name, i);
      if (earlier != null) {
        checker.refuse(
            at + ".name",
            "must differ between rules, '" + name + "' is also the name of rules[" + earlier + "]");
      }
      for (int m = 0; m < rule.matches().size(); m++) {
        match(at + ".matches[" + m + "]", rule.matches().get(m));
      }
      weights(at + ".destinations", rule.destinations());
      answers(at, rule);
      edits(at + ".requestHeaders", rule.requestHeaders());
      edits(at + ".responseHeaders", rule.responseHeaders());
    }
  }

  private void match(String at, RequestMatch match) {
    PathMatch path = match.path();
    if (path != null) {
      checker.regex(at + ".path.regex", path.regex());
    }
    if (match.grpc() != null && path != null) {
      checker.refuse(at + ".path", "must not stand beside `grpc`, which is a path of its own");
    }
    if (match.dubbo() != null) {
      checker.refuse(
          at + ".dubbo", "must not stand in a TrafficRoute yet: it routes HTTP and gRPC calls");
    }
    for (String mark : match.marks().keySet()) {
      if (!HEADER_NAME.matcher(mark).matches()) {
        checker.refuse(
            at + ".marks", "must have names made of header characters, found '" + mark + "'");
      }
    }
    values(at + ".headers", match.headers(), true);
    values(at + ".queryParams", match.queryParams(), false);
    values(at + ".cookies", match.cookies(), true);
  }

  private void values(String at, List<ValueMatch> values, boolean tokens) {
    for (int i = 0; i < values.size(); i++) {
      ValueMatch value = values.get(i);
      String field = at + "[" + i + "]";
      checker.regex(field + ".regex", value.regex());
      if (tokens ? !HEADER_NAME.matcher(value.name()).matches() : value.name().isEmpty()) {
        checker.refuse(
            field + ".name",
            "must be a name without spaces, ':' and separators, found '" + value.name() + "'");
      }
    }
  }

  private void elsewhere(String at, @Nullable String service, @Nullable String namespace) {
    if (service == null && namespace != null) {
      checker.refuse(at + ".namespace", "must stand beside `service`, whose namespace it is");
    }
  }

  private void weights(String at, List<Destination> destinations) {
    if (destinations.isEmpty()) {
      return;
    }
    for (int i = 0; i < destinations.size(); i++) {
      Destination destination = destinations.get(i);
      elsewhere(at + "[" + i + "]", destination.service(), destination.namespace());
    }
    long sum = destinations.stream().mapToLong(Destination::weight).sum();
    if (sum == 0) {
      checker.refuse(at, "must have at least one `weight` above 0, found all 0");
    } else if (sum > GREATEST_SUM) {
      checker.refuse(at, "must have weights of at most " + GREATEST_SUM + " in sum, found " + sum);
    }
  }

  private void answers(String at, TrafficRule rule) {
    String by = rule.redirect() != null ? "redirect" : rule.reply() != null ? "reply" : null;
    if (by != null) {
      refuseBeside(at + ".mirror", rule.mirror(), by);
      refuseBeside(at + ".rewrite", rule.rewrite(), by);
      refuseBeside(at + ".stickyBy", rule.stickyBy(), by);
    }
    sticky(at + ".stickyBy", rule.stickyBy());
    Mirror mirror = rule.mirror();
    if (mirror != null) {
      elsewhere(at + ".mirror", mirror.service(), mirror.namespace());
    }
    Redirect redirect = rule.redirect();
    if (redirect != null) {
      if (!REDIRECTS.contains(redirect.status())) {
        checker.refuse(
            at + ".redirect.status",
            "must be one of 301, 302, 303, 307, 308, found " + redirect.status());
      }
      if (redirect.scheme() == null
          && redirect.host() == null
          && redirect.port() == null
          && redirect.path() == null) {
        checker.refuse(
            at + ".redirect",
            "must change at least one of `scheme`, `host`, `port`, `path`, or it leads back here");
      }
    }
    Reply reply = rule.reply();
    if (reply != null) {
      reply.headers().forEach((name, value) -> header(at + ".reply.headers", name, value));
      body(at + ".reply.body", reply.body());
    }
  }

  /** Envoy sets a cookie when it picks an instance by hash, never when it picks a destination. */
  private void sticky(String at, @Nullable HashKey key) {
    HashKey.Cookie cookie = key == null ? null : key.cookie();
    if (cookie != null && cookie.ttl() != null) {
      checker.refuse(
          at + ".cookie.ttl",
          "must be absent, since Envoy sets no cookie for a choice of destinations; name a cookie"
              + " that the application sets");
    }
  }

  private void body(String field, @Nullable String body) {
    int size = body == null ? 0 : body.getBytes(StandardCharsets.UTF_8).length;
    if (size > GREATEST_BODY) {
      checker.refuse(
          field, "must have at most " + GREATEST_BODY + " bytes of UTF-8, found " + size);
    }
  }

  private void refuseBeside(String field, @Nullable Object value, String by) {
    if (value != null) {
      checker.refuse(field, "must not stand beside `" + by + "`, which calls nobody");
    }
  }

  private void edits(String at, @Nullable HeaderEdits edits) {
    if (edits == null) {
      return;
    }
    edits.set().forEach((name, value) -> header(at + ".set", name, value));
    edits.add().forEach((name, value) -> header(at + ".add", name, value));
    for (int i = 0; i < edits.remove().size(); i++) {
      header(at + ".remove[" + i + "]", edits.remove().get(i), "");
    }
  }

  private void header(String at, String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("host")) {
      checker.refuse(at, "must not change 'host'; use `rewrite.host`");
    } else if (!HEADER_NAME.matcher(name).matches()) {
      checker.refuse(at, "must have header names without spaces and ':', found '" + name + "'");
    } else if (FRAMING.contains(lower)) {
      checker.refuse(at, "must not change '" + lower + "', which belongs to the connection");
    }
    if (value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
      checker.refuse(at, "must have values of one line, '" + name + "' has several");
    }
  }
}
