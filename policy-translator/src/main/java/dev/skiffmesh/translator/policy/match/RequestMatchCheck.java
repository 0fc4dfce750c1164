package dev.skiffmesh.translator.policy.match;

import dev.skiffmesh.api.policy.match.HashKey;
import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.translator.policy.SpecChecker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what no request can have, and what does not go together. Confined to one thread. */
public final class RequestMatchCheck {

  private final SpecChecker checker;
  private final ValueMatchCheck values;

  /**
   * A check.
   *
   * @param checker takes what is found
   */
  public RequestMatchCheck(SpecChecker checker) {
    this.checker = checker;
    this.values = new ValueMatchCheck(checker);
  }

  /**
   * Checks a list of matches of HTTP and gRPC calls.
   *
   * @param field the list's path: {@code spec.rules[0].matches}
   * @param kind whose it is, as documents write it
   */
  public void check(String field, List<RequestMatch> matches, String kind) {
    for (int i = 0; i < matches.size(); i++) {
      check(field + "[" + i + "]", matches.get(i), kind);
    }
  }

  private void check(String at, RequestMatch match, String kind) {
    PathMatch path = match.path();
    if (path != null) {
      checker.regex(at + ".path.regex", path.regex());
    }
    if (match.grpc() != null && path != null) {
      checker.refuse(at + ".path", "must not stand beside `grpc`, which is a path of its own");
    }
    if (match.dubbo() != null) {
      checker.refuse(
          at + ".dubbo", "must not stand in a " + kind + " yet: it routes HTTP and gRPC calls");
    }
    for (String mark : match.marks().keySet()) {
      if (!HeaderNames.isToken(mark)) {
        checker.refuse(
            at + ".marks", "must have names made of header characters, found '" + mark + "'");
      }
    }
    values.headers(at + ".headers", match.headers());
    values.queryParams(at + ".queryParams", match.queryParams());
    values.cookies(at + ".cookies", match.cookies());
  }

  /** Checks what of a request chooses; null is nothing. */
  public void check(String field, @Nullable HashKey key) {
    if (key != null && key.queryParam() != null) {
      values.inQuery(field + ".queryParam", key.queryParam(), true);
    }
  }
}
