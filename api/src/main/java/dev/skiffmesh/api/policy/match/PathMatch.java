package dev.skiffmesh.api.policy.match;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.ExactlyOneOf;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxLength;
import org.jspecify.annotations.Nullable;

/**
 * What a path must look like; exactly one field is there.
 *
 * @param exact the whole path
 * @param prefix whole segments: {@code /v2} fits {@code /v2} and {@code /v2/x}, not {@code /v20}
 * @param template segments of which some are variables: {@code /orders/{id}/items}
 * @param regex RE2, fits the whole path
 */
@Description("What the path must look like, without the query.")
@ExactlyOneOf({"exact", "prefix", "template", "regex"})
public record PathMatch(
    @Description("The whole path.")
        @MaxLength(1024)
        @Matches(value = PathMatch.PATH, meaning = PathMatch.PATH_MEANING)
        @Nullable String exact,
    @Description("Whole leading segments.")
        @MaxLength(1024)
        @Matches(value = PathMatch.PATH, meaning = PathMatch.PATH_MEANING)
        @Nullable String prefix,
    @Description("Segments, with {name} for any one segment.")
        @MaxLength(1024)
        @Matches(
            value = "(/([^/{}?#*\\x00-\\x20\\x7f]*|\\{[A-Za-z_][A-Za-z0-9_]*\\}))+",
            meaning = "a path whose variable segments are written '{name}'")
        @Nullable String template,
    @Description("An RE2 expression for the whole path.") @MaxLength(1024) @Nullable String regex) {

  /** A path as it can stand in a request. */
  public static final String PATH = "/[^?#\\x00-\\x20\\x7f]*";

  /** {@link #PATH} in the user's words. */
  public static final String PATH_MEANING =
      "a path that begins with '/' and has no '?', '#' or space";
}
