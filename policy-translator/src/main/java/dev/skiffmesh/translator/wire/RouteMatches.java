package dev.skiffmesh.translator.wire;

import com.google.re2j.Pattern;
import dev.skiffmesh.api.policy.match.GrpcMatch;
import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.policy.match.ValueMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Request matches as Envoy's. Paths are compared without their query, names of headers without
 * their case.
 */
public final class RouteMatches {

  private static final java.util.regex.Pattern VARIABLE =
      java.util.regex.Pattern.compile("\\{[^/{}]*\\}");

  private RouteMatches() {}

  /** Every request. */
  public static RouteMatch all() {
    return RouteMatch.newBuilder().setPrefix("/").build();
  }

  /** Any of these; every request if there is none. */
  public static List<RouteMatch> any(List<RequestMatch> matches) {
    if (matches.isEmpty()) {
      return List.of(all());
    }
    List<RouteMatch> alternatives = new ArrayList<>();
    for (RequestMatch match : matches) {
      alternatives.addAll(alternatives(match));
    }
    return alternatives;
  }

  /**
   * A mark travels in two ways, as a plain header and as a member of {@code baggage}, and either
   * will do: each mark doubles the alternatives.
   */
  public static List<RouteMatch> alternatives(RequestMatch match) {
    RouteMatch.Builder common = RouteMatch.newBuilder();
    path(common, match);
    if (!match.methods().isEmpty()) {
      common.addHeaders(header(":method").setStringMatch(oneOf(match.methods())));
    }
    match.headers().forEach(value -> common.addHeaders(header(value)));
    match.queryParams().forEach(value -> queryParam(common, value));
    match.cookies().forEach(value -> common.addHeaders(cookie(value)));
    List<RouteMatch> alternatives = List.of(common.build());
    for (Map.Entry<String, String> mark : match.marks().entrySet()) {
      List<RouteMatch> doubled = new ArrayList<>();
      for (RouteMatch alternative : alternatives) {
        doubled.add(alternative.toBuilder().addHeaders(plainMark(mark)).build());
        doubled.add(alternative.toBuilder().addHeaders(baggageMark(mark)).build());
      }
      alternatives = doubled;
    }
    return alternatives;
  }

  private static void path(RouteMatch.Builder route, RequestMatch match) {
    GrpcMatch grpc = match.grpc();
    PathMatch path = match.path();
    if (grpc != null) {
      String service = "/" + grpc.service();
      if (grpc.method() == null) {
        route.setPathSeparatedPrefix(service);
      } else {
        route.setPath(service + "/" + grpc.method());
      }
    } else if (path == null) {
      route.setPrefix("/");
    } else {
      path(route, path);
    }
  }

  private static void path(RouteMatch.Builder route, PathMatch path) {
    String exact = path.exact();
    String prefix = path.prefix();
    String template = path.template();
    String regex = path.regex();
    if (exact != null) {
      route.setPath(exact);
    } else if (prefix != null) {
      String segments = withoutTrailingSlash(prefix);
      if (segments.isEmpty()) {
        route.setPrefix("/");
      } else {
        route.setPathSeparatedPrefix(segments);
      }
    } else if (template != null) {
      route.setSafeRegex(regex(templateRegex(template)));
    } else if (regex != null) {
      route.setSafeRegex(regex(regex));
    }
  }

  /** {@code /v2/} and {@code /v2} are the same whole segments; {@code /} is all paths. */
  public static String withoutTrailingSlash(String prefix) {
    return prefix.replaceAll("/+$", "");
  }

  private static String templateRegex(String template) {
    StringBuilder regex = new StringBuilder();
    java.util.regex.Matcher variables = VARIABLE.matcher(template);
    int at = 0;
    while (variables.find()) {
      regex.append(quote(template.substring(at, variables.start()))).append("[^/]+");
      at = variables.end();
    }
    return regex.append(quote(template.substring(at))).toString();
  }

  private static HeaderMatcher.Builder header(String name) {
    return HeaderMatcher.newBuilder().setName(name);
  }

  private static HeaderMatcher header(ValueMatch value) {
    HeaderMatcher.Builder header = header(value.name());
    Boolean present = value.present();
    String not = value.not();
    if (present != null) {
      return header.setPresentMatch(true).setInvertMatch(!present).build();
    }
    if (not != null) {
      // A header that is missing is not the value either; without this Envoy says "no match".
      return header
          .setStringMatch(StringMatcher.newBuilder().setExact(not))
          .setInvertMatch(true)
          .setTreatMissingHeaderAsEmpty(true)
          .build();
    }
    return header.setStringMatch(string(value)).build();
  }

  private static void queryParam(RouteMatch.Builder route, ValueMatch value) {
    Boolean present = value.present();
    String not = value.not();
    if (Boolean.TRUE.equals(present)) {
      route.addQueryParameters(
          QueryParameterMatcher.newBuilder().setName(value.name()).setPresentMatch(true));
    } else if (present == null && not == null) {
      route.addQueryParameters(
          QueryParameterMatcher.newBuilder().setName(value.name()).setStringMatch(string(value)));
    } else {
      // Query parameters know no "not"; a whole path that does not contain the parameter does.
      String wanted = not == null ? "(=[^&#]*)?" : "=" + quote(not);
      route.addHeaders(
          header(":path")
              .setStringMatch(
                  matching("[^?#]*\\?([^#]*&)?" + quote(value.name()) + wanted + "([&#].*)?"))
              .setInvertMatch(true));
    }
  }

  /** One cookie among all that the header carries; several header lines arrive joined by commas. */
  private static HeaderMatcher cookie(ValueMatch value) {
    Boolean present = value.present();
    String not = value.not();
    String wanted;
    if (present != null) {
      wanted = "[^;,]*";
    } else if (not != null) {
      wanted = quote(not);
    } else {
      wanted = cookieValue(value);
    }
    HeaderMatcher.Builder header =
        header("cookie")
            .setStringMatch(
                matching(
                    "(?:.*[;,]\\s*)?"
                        + quote(value.name())
                        + "=\"?"
                        + wanted
                        + "\"?(?:\\s*[;,].*)?"));
    if (not != null || Boolean.FALSE.equals(present)) {
      header.setInvertMatch(true).setTreatMissingHeaderAsEmpty(true);
    }
    return header.build();
  }

  private static String cookieValue(ValueMatch value) {
    String exact = value.exact();
    String prefix = value.prefix();
    return exact != null
        ? quote(exact)
        : prefix != null ? quote(prefix) + "[^;,]*" : "(?:" + value.regex() + ")";
  }

  private static HeaderMatcher plainMark(Map.Entry<String, String> mark) {
    return header("x-mesh-" + mark.getKey())
        .setStringMatch(StringMatcher.newBuilder().setExact(mark.getValue()))
        .build();
  }

  /**
   * W3C Baggage: members behind commas, properties behind semicolons, spaces allowed around both.
   */
  private static HeaderMatcher baggageMark(Map.Entry<String, String> mark) {
    return header("baggage")
        .setStringMatch(
            matching(
                "(?:.*,\\s*)?mesh-"
                    + quote(mark.getKey())
                    + "\\s*=\\s*"
                    + quote(mark.getValue())
                    + "\\s*(?:[,;].*)?"))
        .build();
  }

  private static StringMatcher.Builder string(ValueMatch value) {
    String exact = value.exact();
    String prefix = value.prefix();
    StringMatcher.Builder matcher = StringMatcher.newBuilder();
    if (exact != null) {
      return matcher.setExact(exact);
    }
    if (prefix != null) {
      return matcher.setPrefix(prefix);
    }
    return matcher.setSafeRegex(regex(Optional.ofNullable(value.regex()).orElse(".*")));
  }

  private static StringMatcher.Builder oneOf(List<String> words) {
    return words.size() == 1
        ? StringMatcher.newBuilder().setExact(words.getFirst())
        : matching(words.stream().map(RouteMatches::quote).collect(Collectors.joining("|")));
  }

  private static StringMatcher.Builder matching(String regex) {
    return StringMatcher.newBuilder().setSafeRegex(regex(regex));
  }

  /** An RE2 expression over the whole text. */
  public static RegexMatcher regex(String regex) {
    return RegexMatcher.newBuilder().setRegex(regex).build();
  }

  /** As RE2 quotes: every character that may mean something is escaped. */
  public static String quote(String text) {
    return Pattern.quote(text);
  }
}
