package dev.skiffmesh.api.policy.match;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxLength;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC service, or one method of it.
 *
 * @param service the full name: {@code stock.Stock}
 * @param method null for all
 */
@Description("A gRPC service or one method of it.")
public record GrpcMatch(
    @Description("The service's full name.")
        @MaxLength(253)
        @Matches(value = "[A-Za-z_][A-Za-z0-9_.]*", meaning = "a gRPC service's full name")
        String service,
    @Description("The method; all if absent.")
        @MaxLength(253)
        @Matches(value = "[A-Za-z_][A-Za-z0-9_]*", meaning = "a gRPC method's name")
        @Nullable String method) {}
