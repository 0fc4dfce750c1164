package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.policy.trafficroute.Redirect;
import dev.skiffmesh.api.policy.trafficroute.Reply;
import dev.skiffmesh.api.policy.trafficroute.TrafficRule;
import dev.skiffmesh.translator.policy.SpecChecker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Answers that a proxy gives by itself must be answers of HTTP: each field may be right and all of
 * them together something that a client takes for the beginning of its next answer.
 */
final class AnswerCheck {

  /** Envoy's default {@code max_direct_response_body_size_bytes} (route.proto). */
  private static final int GREATEST_BODY = 4096;

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5; RFC 9112, section 6.3. */
  private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

  /** Of headers that say something of the body that Envoy does not do to it. */
  private static final Map<String, String> UNTRUE =
      Map.of(
          "content-encoding", "since `body` is sent as it is written",
          "content-range", "since `body` is no part of something");

  private static final int PARTIAL_CONTENT = 206;

  private final SpecChecker checker;
  private final HeaderCheck headers;

  AnswerCheck(SpecChecker checker, HeaderCheck headers) {
    this.checker = checker;
    this.headers = headers;
  }

  void check(String at, TrafficRule rule) {
    Redirect redirect = rule.redirect();
    if (redirect != null) {
      redirect(at + ".redirect", redirect);
    }
    Reply reply = rule.reply();
    if (reply != null) {
      reply(at + ".reply", reply, isOfHeadAlone(rule));
    }
  }

  private void redirect(String at, Redirect redirect) {
    if (!REDIRECTS.contains(redirect.status())) {
      checker.refuse(
          at + ".status", "must be one of 301, 302, 303, 307, 308, found " + redirect.status());
    }
    headers.host(at + ".host", redirect.host());
    String host = redirect.host();
    if (host != null && redirect.port() != null && HeaderCheck.hasPort(host)) {
      checker.refuse(at + ".port", "must be absent, since `host` has a port, found both");
    }
    if (redirect.scheme() == null
        && host == null
        && redirect.port() == null
        && redirect.path() == null) {
      checker.refuse(
          at,
          "must change at least one of `scheme`, `host`, `port`, `path`, or it leads back here");
    }
  }

  private void reply(String at, Reply reply, boolean isOfHeadAlone) {
    int status = reply.status();
    reply.headers().forEach((name, value) -> replyHeader(at + ".headers", name, value));
    String body = reply.body() == null ? "" : reply.body();
    int size = body.getBytes(StandardCharsets.UTF_8).length;
    if (size > GREATEST_BODY) {
      checker.refuse(
          at + ".body", "must have at most " + GREATEST_BODY + " bytes of UTF-8, found " + size);
    } else if (size > 0 && WITHOUT_BODY.contains(status)) {
      checker.refuse(
          at + ".body",
          "must be absent, since an answer with the status "
              + status
              + " has no body; use another status, or leave it out");
    } else if (size > 0 && isOfHeadAlone) {
      checker.refuse(
          at + ".body",
          "must be absent, since the rule is for HEAD alone, whose answers have no body");
    }
    if (status == PARTIAL_CONTENT) {
      checker.refuse(
          at + ".status", "must not be 206, which answers a request for a part of something");
    }
    if (REDIRECTS.contains(status) && !hasHeader(reply, "location")) {
      checker.refuse(
          at + ".status",
          "must have a header 'location' beside it, found " + status + " alone; use `redirect`");
    }
  }

  private void replyHeader(String at, String name, String value) {
    headers.header(at, name, value);
    String lower = name.toLowerCase(Locale.ROOT);
    String why = UNTRUE.get(lower);
    if (why != null) {
      checker.refuse(at, "must not have '" + lower + "', " + why);
    }
  }

  private static boolean hasHeader(Reply reply, String wanted) {
    return reply.headers().keySet().stream().anyMatch(wanted::equalsIgnoreCase);
  }

  private static boolean isOfHeadAlone(TrafficRule rule) {
    return !rule.matches().isEmpty()
        && rule.matches().stream().allMatch(match -> match.methods().equals(List.of("HEAD")));
  }
}
