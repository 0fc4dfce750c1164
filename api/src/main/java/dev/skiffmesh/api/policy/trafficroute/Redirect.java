package dev.skiffmesh.api.policy.trafficroute;

import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Range;
import org.jspecify.annotations.Nullable;

/**
 * A redirect; what is null stays as in the request.
 *
 * @param scheme the new scheme
 * @param host the new host
 * @param port the new port
 * @param path the new path; where the rule matched a prefix, that prefix alone is replaced
 * @param status 301, 302, 303, 307 or 308
 */
@Description("A redirect; what is absent stays as in the request.")
public record Redirect(
    @Description("http or https.") @Matches(value = "https?", meaning = "'http' or 'https'")
        @Nullable String scheme,
    @Description("The new host.")
        @MaxLength(253)
        @Matches(value = Rewrite.HOST, meaning = Rewrite.HOST_MEANING)
        @Nullable String host,
    @Description("The new port.") @Range(min = "1", max = "65535") @Nullable Integer port,
    @Description("The new path; for a prefix match it replaces the prefix.")
        @MaxLength(1024)
        @Matches(value = PathMatch.PATH, meaning = PathMatch.PATH_MEANING)
        @Nullable String path,
    @Description("301, 302, 303, 307 or 308.") @Default("302") int status) {}
