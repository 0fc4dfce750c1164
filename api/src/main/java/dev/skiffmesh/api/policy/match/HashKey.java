package dev.skiffmesh.api.policy.match;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.ExactlyOneOf;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Range;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What of a request is hashed, so that equal values go the same way; exactly one field is there.
 *
 * @param header a header's name
 * @param cookie a cookie; Envoy sets it if it has a lifetime and the request lacks it
 * @param queryParam a query parameter's name
 * @param sourceIp true: the caller's address
 */
@Description("What of a request is hashed.")
@ExactlyOneOf({"header", "cookie", "queryParam", "sourceIp"})
public record HashKey(
    @Description("A header's name.")
        @MaxLength(256)
        @Matches(value = HashKey.TOKEN, meaning = "a header name")
        @Nullable String header,
    @Description("A cookie.") @Nullable Cookie cookie,
    @Description("A query parameter's name, as it is written in the URL.")
        @MaxLength(256)
        @Matches(value = ValueMatch.SOMETHING, meaning = ValueMatch.SOMETHING_MEANING)
        @Nullable String queryParam,
    @Description("The caller's address, if true.") @Nullable Boolean sourceIp) {

  /** RFC 9110, section 5.6.2. */
  static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /** Refuses {@code sourceIp: false}, which would be a key of nothing. */
  public HashKey {
    if (Boolean.FALSE.equals(sourceIp)) {
      throw new IllegalArgumentException("`sourceIp` must be true where it is written");
    }
  }

  /**
   * A cookie to hash.
   *
   * @param name its name
   * @param ttl how long the cookie that Envoy sets lives; null: Envoy sets none
   */
  @Description("A cookie to hash.")
  public record Cookie(
      @Description("The cookie's name.")
          @MaxLength(256)
          @Matches(value = TOKEN, meaning = "a cookie name")
          String name,
      @Description("How long a cookie that Envoy sets lives; absent: it sets none.")
          @Range(min = "0s", max = "8760h")
          @Nullable Duration ttl) {}
}
