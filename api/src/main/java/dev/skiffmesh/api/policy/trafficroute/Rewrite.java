package dev.skiffmesh.api.policy.trafficroute;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxLength;
import org.jspecify.annotations.Nullable;

/**
 * Changes before a call leaves; what is null stays.
 *
 * @param path the new path; where the rule matched a prefix, that prefix alone is replaced; the
 *     query stays
 * @param host the new Host header
 */
@Description("Changes before a call leaves.")
public record Rewrite(
    @Description("The new path; for a prefix match it replaces the prefix.")
        @MaxLength(1024)
        @Matches(value = "/[^?#]*", meaning = "a path that begins with '/' and has no '?' or '#'")
        @Nullable String path,
    @Description("The new Host header.") @MaxLength(253) @Nullable String host) {}
