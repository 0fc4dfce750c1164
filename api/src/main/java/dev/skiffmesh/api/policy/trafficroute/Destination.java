package dev.skiffmesh.api.policy.trafficroute;

import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Needs;
import dev.skiffmesh.api.schema.Range;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Instances that calls go to.
 *
 * @param service another service's name or alias; null for the target itself
 * @param namespace that service's namespace; null for the target's
 * @param port one of that service's port numbers; null: the port that was called, or else its first
 * @param labels which instances of it; empty for all
 * @param weight share relative to the other destinations of the rule; 0 is legal
 */
@Description("Instances that calls go to.")
public record Destination(
    @Description("Another service; the target itself if absent.") @MaxLength(253)
        @Nullable String service,
    @Description("That service's namespace; the target's if absent.")
        @MaxLength(63)
        @Needs("service")
        @Nullable String namespace,
    @Description("One of its ports; the called one if absent.") @Range(min = "1", max = "65535")
        @Nullable Integer port,
    @Description("Labels that the instances must have.") @MaxItems(16) @MaxLength(253)
        Map<String, String> labels,
    @Description("Share relative to the rule's other destinations.")
        @Default("1")
        @Range(min = "0", max = "4294967295")
        long weight) {}
