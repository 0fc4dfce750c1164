package dev.skiffmesh.api.policy.trafficroute;

import dev.skiffmesh.api.policy.match.HashKey;
import dev.skiffmesh.api.policy.match.RequestMatch;
import dev.skiffmesh.api.schema.AtMostOneOf;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a TrafficRoute.
 *
 * @param name for people, statistics and messages; null: its place in the list
 * @param matches any of them; empty for every request
 * @param destinations where the calls go, by weight; empty: the whole service, unless the rule
 *     answers by itself
 * @param stickyBy equal values always go to the same destination
 * @param mirror where a copy of a share of the calls goes; its answers are dropped
 * @param redirect answers with a redirect instead of calling anybody
 * @param reply answers by itself instead of calling anybody
 * @param rewrite changes path or host before the call leaves
 * @param requestHeaders changes on the way there
 * @param responseHeaders changes on the way back
 * @param whenEmpty what happens where a destination has no usable endpoint
 */
@Description("One rule: which requests, and what happens to them.")
@AtMostOneOf({"destinations", "redirect", "reply"})
public record TrafficRule(
    @Description("A name for people and statistics.")
        @MaxLength(63)
        @Matches(
            value = "[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?",
            meaning = "letters and digits, with '-', '_' or '.' between them")
        @Nullable String name,
    @Description("Any of these; every request if absent.") @MaxItems(16) List<RequestMatch> matches,
    @Description("Where the calls go, by weight; the whole service if absent.") @MaxItems(16)
        List<Destination> destinations,
    @Description("Equal values always go to the same destination.") @Nullable HashKey stickyBy,
    @Description("Where a copy of the calls goes; its answers are dropped.")
        @Nullable Mirror mirror,
    @Description("Answers with a redirect.") @Nullable Redirect redirect,
    @Description("Answers without calling anybody.") @Nullable Reply reply,
    @Description("Changes path or host before the call leaves.") @Nullable Rewrite rewrite,
    @Description("Changes to the request's headers.") @Nullable HeaderEdits requestHeaders,
    @Description("Changes to the response's headers.") @Nullable HeaderEdits responseHeaders,
    @Description("What happens where a destination has no usable endpoint.") @Default("Fail")
        WhenEmpty whenEmpty) {

  /** What happens where a label set has no usable endpoint. */
  public enum WhenEmpty {
    /** The call is answered with 503, never by another version. */
    FAIL,
    /** The call goes to the rest of the destination's service. */
    FALLBACK
  }
}
