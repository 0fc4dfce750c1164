package dev.skiffmesh.api.policy.trafficroute;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Range;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the proxy gives by itself.
 *
 * @param status the HTTP status
 * @param headers of the answer
 * @param body null for none; at most 4,096 bytes of UTF-8 (Envoy's default {@code
 *     max_direct_response_body_size_bytes})
 */
@Description("An answer that the proxy gives by itself.")
public record Reply(
    @Description("The HTTP status.") @Range(min = "200", max = "599") int status,
    @Description("Headers of the answer.") @MaxItems(16) @MaxLength(4096)
        Map<String, String> headers,
    @Description("The body; none if absent, and none with 204, 205 and 304.") @MaxLength(4096)
        @Nullable String body) {}
