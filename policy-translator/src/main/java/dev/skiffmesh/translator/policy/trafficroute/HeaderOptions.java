package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.policy.trafficroute.HeaderEdits;
import dev.skiffmesh.translator.place.Lacking;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.RouteOption;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.wire.HeaderValues;
import io.envoyproxy.envoy.config.route.v3.Route;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a TrafficRoute's rule does to headers. */
final class HeaderOptions {

  private static final Lacking LACKING = Lacking.inGrpc("header changes are not available");

  private HeaderOptions() {}

  /** The request's. */
  record OfRequest(HeaderEdits edits) implements RouteOption {
    private static final Traits TRAITS =
        new Traits(Slot.REQUEST_HEADERS, "requestHeaders", LACKING);

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public void applyTo(Route.Builder route, Requests requests) {
      route
          .addAllRequestHeadersToAdd(HeaderValues.set(edits.set()))
          .addAllRequestHeadersToAdd(HeaderValues.add(edits.add()))
          .addAllRequestHeadersToRemove(edits.remove());
    }
  }

  /** The answer's. */
  record OfResponse(HeaderEdits edits) implements RouteOption {
    private static final Traits TRAITS =
        new Traits(Slot.RESPONSE_HEADERS, "responseHeaders", LACKING);

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public void applyTo(Route.Builder route, Requests requests) {
      edit(route, edits);
    }
  }

  /**
   * A reply's own ones, and what is done to them.
   *
   * @param own the reply's
   * @param edits of all answers of the rule; null for none
   */
  record OfReply(Map<String, String> own, @Nullable HeaderEdits edits) implements RouteOption {
    private static final Traits TRAITS =
        new Traits(
            Slot.RESPONSE_HEADERS, AnswerOptions.Replied.FIELD, AnswerOptions.Replied.LACKING);

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public void applyTo(Route.Builder route, Requests requests) {
      route.addAllResponseHeadersToAdd(HeaderValues.set(own));
      if (edits != null) {
        edit(route, edits);
      }
    }
  }

  private static void edit(Route.Builder route, HeaderEdits edits) {
    route
        .addAllResponseHeadersToAdd(HeaderValues.set(edits.set()))
        .addAllResponseHeadersToAdd(HeaderValues.add(edits.add()))
        .addAllResponseHeadersToRemove(edits.remove());
  }
}
