package dev.skiffmesh.api.policy.match;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request must look like: all of what is said; an empty match fits every request.
 *
 * @param methods any of them; empty for all
 * @param path null for all
 * @param headers all of them
 * @param queryParams all of them
 * @param cookies all of them
 * @param grpc a gRPC service or method; null for all
 * @param dubbo a Dubbo interface or method; null for all
 * @param marks marks that the request carries (lanes, drills), name to value; few, since each may
 *     travel in two headers and so doubles the routes
 */
@Description("What a request must look like; all of what is said must hold.")
public record RequestMatch(
    @Description("HTTP methods, any of them.")
        @MaxItems(16)
        @MaxLength(32)
        @Matches(value = "[A-Z][A-Z0-9_-]*", meaning = "an HTTP method in upper case")
        List<String> methods,
    @Description("The path, without the query.") @Nullable PathMatch path,
    @Description("Headers, all of them.") @MaxItems(16) List<ValueMatch> headers,
    @Description("Query parameters, all of them, as they are written in the URL: percent-encoded.")
        @MaxItems(16)
        List<ValueMatch> queryParams,
    @Description("Cookies, all of them.") @MaxItems(16) List<ValueMatch> cookies,
    @Description("A gRPC service or one method of it.") @Nullable GrpcMatch grpc,
    @Description("A Dubbo interface or one method of it.") @Nullable DubboMatch dubbo,
    @Description("Marks that the request carries, for example lane: gray.")
        @MaxItems(4)
        @MaxLength(253)
        Map<String, String> marks) {}
