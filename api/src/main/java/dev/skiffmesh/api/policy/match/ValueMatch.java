package dev.skiffmesh.api.policy.match;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.ExactlyOneOf;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxLength;
import org.jspecify.annotations.Nullable;

/**
 * What a named value (a header, a query parameter, a cookie) must look like; beside the name
 * exactly one field is there.
 *
 * @param name of the header (in any case), parameter or cookie
 * @param exact the whole value
 * @param prefix its beginning
 * @param regex RE2, fits the whole value
 * @param present whether it is there at all
 * @param not the value that it must not have; a request without it fits
 */
@Description("What a named value must look like.")
@ExactlyOneOf({"exact", "prefix", "regex", "present", "not"})
public record ValueMatch(
    @Description("The name.")
        @MaxLength(256)
        @Matches(value = ValueMatch.SOMETHING, meaning = ValueMatch.SOMETHING_MEANING)
        String name,
    @Description("The whole value.") @MaxLength(4096) @Nullable String exact,
    @Description("The beginning of the value.")
        @MaxLength(4096)
        @Matches(value = ValueMatch.SOMETHING, meaning = ValueMatch.SOMETHING_MEANING)
        @Nullable String prefix,
    @Description("An RE2 expression for the whole value.") @MaxLength(1024) @Nullable String regex,
    @Description("Whether it is there at all.") @Nullable Boolean present,
    @Description("A value that it must not have; fits also where it is absent.") @MaxLength(4096)
        @Nullable String not) {

  /** Envoy refuses empty names and prefixes. */
  static final String SOMETHING = "(?s).+";

  /** {@link #SOMETHING} in the user's words. */
  static final String SOMETHING_MEANING = "at least one character";
}
