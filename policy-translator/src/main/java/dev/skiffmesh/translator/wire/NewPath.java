package dev.skiffmesh.translator.wire;

import dev.skiffmesh.api.policy.match.GrpcMatch;
import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.policy.match.RequestMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request's path, query excepted: where a rule matched a prefix that prefix alone
 * is replaced, else all of it.
 */
public sealed interface NewPath {

  /** It stays. */
  record Same() implements NewPath {}

  /** The route's own prefix is replaced by this. */
  record ForPrefix(String value) implements NewPath {}

  /** All of it is replaced by this. */
  record Whole(String value) implements NewPath {

    /** All of a path, replaced. */
    public RegexMatchAndSubstitute substitution() {
      return substitute("^/.*", value);
    }
  }

  /** What fits the expression is replaced. */
  record ByRegex(RegexMatchAndSubstitute substitution) implements NewPath {}

  /**
   * The change that {@code path} asks for.
   *
   * @param match null: the rule has no matches
   * @param path as the policy has it; a slash at its end means nothing where a prefix is replaced
   */
  public static NewPath of(@Nullable RequestMatch match, String path) {
    String prefix = match == null ? null : prefix(match);
    if (prefix == null) {
      return new Whole(path);
    }
    String before = RouteMatches.withoutTrailingSlash(prefix);
    String after = RouteMatches.withoutTrailingSlash(path);
    if (before.equals(after)) {
      return new Same();
    }
    if (before.isEmpty()) {
      // Envoy's own prefix is then '/', and what follows it has none.
      return new ForPrefix(after + "/");
    }
    // Envoy puts the new prefix before '/rest' as it is, which would give '//rest'.
    return after.isEmpty()
        ? new ByRegex(substitute("^" + RouteMatches.quote(before) + "/*", "/"))
        : new ForPrefix(after);
  }

  private static @Nullable String prefix(RequestMatch match) {
    GrpcMatch grpc = match.grpc();
    if (grpc != null) {
      return grpc.method() == null ? "/" + grpc.service() : null;
    }
    PathMatch path = match.path();
    return path == null ? null : path.prefix();
  }

  private static RegexMatchAndSubstitute substitute(String pattern, String by) {
    return RegexMatchAndSubstitute.newBuilder()
        .setPattern(RouteMatches.regex(pattern))
        // A single backslash would begin a reference to a group.
        .setSubstitution(by.replace("\\", "\\\\"))
        .build();
  }
}
