package dev.skiffmesh.api.policy.trafficroute;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import java.util.List;
import java.util.Map;

/**
 * Changes to headers: first removed, then set, then added. Values are taken as they are written.
 *
 * @param set replaces all values of the header
 * @param add beside the values that are there
 * @param remove drops the header
 */
@Description("Changes to headers: removed, then set, then added.")
public record HeaderEdits(
    @Description("Replaces the header.") @MaxItems(16) @MaxLength(4096) Map<String, String> set,
    @Description("Adds a value.") @MaxItems(16) @MaxLength(4096) Map<String, String> add,
    @Description("Drops the header.") @MaxItems(16) @MaxLength(256) List<String> remove) {}
