package dev.skiffmesh.translator.policy;

import org.jspecify.annotations.Nullable;

/**
 * Another service, as a spec names it.
 *
 * @param namespace null: the target's
 * @param name its name or an alias, in any case
 */
public record ServiceRef(@Nullable String namespace, String name) {}
