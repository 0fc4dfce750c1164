package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.policy.trafficroute.Redirect;
import dev.skiffmesh.api.policy.trafficroute.Reply;
import dev.skiffmesh.translator.place.AnswerOption;
import dev.skiffmesh.translator.place.Lacking;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.wire.NewPath;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction.RedirectResponseCode;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;

/** How a TrafficRoute's rule answers in the callee's place. */
final class AnswerOptions {

  private AnswerOptions() {}

  /** With the address to ask instead. */
  record Redirected(Redirect redirect) implements AnswerOption {
    private static final Traits TRAITS =
        new Traits(
            Slot.ANSWER,
            "redirect",
            Lacking.inGrpc("redirects are not available: such calls fail, UNAVAILABLE"));

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public void applyTo(Route.Builder route, Requests requests) {
      RedirectAction.Builder action = route.getRedirectBuilder().setResponseCode(code());
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
        switch (NewPath.of(requests.match(), path)) {
          case NewPath.Same() -> {}
          case NewPath.ForPrefix(String prefix) -> action.setPrefixRewrite(prefix);
          case NewPath.Whole(String whole) -> action.setPathRedirect(whole);
          case NewPath.ByRegex(RegexMatchAndSubstitute by) -> action.setRegexRewrite(by);
        }
      }
    }

    private RedirectResponseCode code() {
      return switch (redirect.status()) {
        case 301 -> RedirectResponseCode.MOVED_PERMANENTLY;
        case 303 -> RedirectResponseCode.SEE_OTHER;
        case 307 -> RedirectResponseCode.TEMPORARY_REDIRECT;
        case 308 -> RedirectResponseCode.PERMANENT_REDIRECT;
        default -> RedirectResponseCode.FOUND;
      };
    }
  }

  /** With a status and a body; its headers are in the slot of the answer's headers. */
  record Replied(Reply reply) implements AnswerOption {
    static final String FIELD = "reply";
    static final Lacking LACKING =
        Lacking.inGrpc("replies are not available: such calls fail, UNAVAILABLE");
    private static final Traits TRAITS = new Traits(Slot.ANSWER, FIELD, LACKING);

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public void applyTo(Route.Builder route, Requests requests) {
      route.getDirectResponseBuilder().setStatus(reply.status());
      String body = reply.body();
      if (body != null) {
        route.getDirectResponseBuilder().setBody(DataSource.newBuilder().setInlineString(body));
      }
    }
  }
}
