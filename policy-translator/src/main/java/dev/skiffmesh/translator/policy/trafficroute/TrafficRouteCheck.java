package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.policy.match.HashKey;
import dev.skiffmesh.api.policy.trafficroute.Destination;
import dev.skiffmesh.api.policy.trafficroute.Rewrite;
import dev.skiffmesh.api.policy.trafficroute.TrafficRouteSpec;
import dev.skiffmesh.api.policy.trafficroute.TrafficRule;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.match.RequestMatchCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a TrafficRoute must be beyond its schema. */
final class TrafficRouteCheck {

  /** Envoy sums weights in 32 bits (route_components.proto, WeightedCluster). */
  private static final long GREATEST_SUM = 4_294_967_295L;

  private final SpecChecker checker;
  private final HeaderCheck headers;
  private final RequestMatchCheck matches;

  TrafficRouteCheck(SpecChecker checker) {
    this.checker = checker;
    this.headers = new HeaderCheck(checker);
    this.matches = new RequestMatchCheck(checker);
  }

  void check(TrafficRouteSpec spec) {
    size(spec);
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
      matches.check(at + ".matches", rule.matches(), "TrafficRoute");
      weights(at + ".destinations", rule.destinations());
      answers(at, rule);
      headers.edits(at + ".requestHeaders", rule.requestHeaders());
      headers.edits(at + ".responseHeaders", rule.responseHeaders());
    }
  }

  private void size(TrafficRouteSpec spec) {
    long routes = spec.rules().stream().mapToLong(TrafficRouteCheck::routes).sum();
    if (routes > TrafficRouteSpec.MOST_ROUTES) {
      checker.refuse(
          "spec.rules",
          TrafficRouteSpec.SIZE
              + ", found "
              + routes
              + "; write one `prefix`, `template` or `regex` for many matches, or one label of"
              + " instances for many destinations");
    }
  }

  private static long routes(TrafficRule rule) {
    long matches = rule.matches().stream().mapToLong(match -> 1L << match.marks().size()).sum();
    return Math.max(1, matches) * Math.max(1, rule.destinations().size());
  }

  private void weights(String at, List<Destination> destinations) {
    if (destinations.isEmpty()) {
      return;
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
    Rewrite rewrite = rule.rewrite();
    if (rewrite != null) {
      headers.host(at + ".rewrite.host", rewrite.host());
    }
    new AnswerCheck(checker, headers).check(at, rule);
  }

  /** Envoy sets a cookie when it picks an instance by hash, never when it picks a destination. */
  private void sticky(String at, @Nullable HashKey key) {
    matches.check(at, key);
    HashKey.Cookie cookie = key == null ? null : key.cookie();
    if (cookie != null && cookie.ttl() != null) {
      checker.refuse(
          at + ".cookie.ttl",
          "must be absent, since Envoy sets no cookie for a choice of destinations; name a cookie"
              + " that the application sets");
    }
  }

  private void refuseBeside(String field, @Nullable Object value, String by) {
    if (value != null) {
      checker.refuse(field, "must not stand beside `" + by + "`, which calls nobody");
    }
  }
}
