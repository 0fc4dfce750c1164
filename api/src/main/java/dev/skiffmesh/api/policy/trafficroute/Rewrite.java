package dev.skiffmesh.api.policy.trafficroute;

import dev.skiffmesh.api.policy.match.PathMatch;
import dev.skiffmesh.api.schema.AtLeastOneOf;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxLength;
import org.jspecify.annotations.Nullable;

/**
 * Changes before a call leaves; what is null stays.
 *
 * @param path the new path; where the rule matched a prefix (or a whole gRPC service), that prefix
 *     alone is replaced; the query stays
 * @param host the new Host header
 */
@Description("Changes before a call leaves.")
@AtLeastOneOf({"path", "host"})
public record Rewrite(
    @Description("The new path; for a prefix match it replaces the prefix.")
        @MaxLength(1024)
        @Matches(value = PathMatch.PATH, meaning = PathMatch.PATH_MEANING)
        @Nullable String path,
    @Description("The new Host header.")
        @MaxLength(253)
        @Matches(value = Rewrite.HOST, meaning = Rewrite.HOST_MEANING)
        @Nullable String host) {

  /** A name or an address, with or without a port. */
  static final String HOST = "[A-Za-z0-9\\[][A-Za-z0-9._:\\[\\]-]*";

  /** {@link #HOST} in the user's words. */
  static final String HOST_MEANING = "a host name or address";
}
