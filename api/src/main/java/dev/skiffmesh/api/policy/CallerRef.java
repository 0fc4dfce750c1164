package dev.skiffmesh.api.policy;

import dev.skiffmesh.api.schema.AtLeastOneOf;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Callers that a policy concerns; what is absent matches everything.
 *
 * @param service the caller's service name or alias
 * @param namespace the caller's namespace
 * @param labels labels that the caller's workload must have
 */
@Description("Callers that the policy concerns.")
@AtLeastOneOf({"service", "namespace", "labels"})
public record CallerRef(
    @Description("The caller's service; any if absent.") @MaxLength(253) @Nullable String service,
    @Description("The caller's namespace; any if absent.") @MaxLength(63)
        @Nullable String namespace,
    @Description("Labels that the caller must have.") @MaxItems(16) @MaxLength(253)
        Map<String, String> labels) {

  /** Copies the labels, sorted by name. */
  public CallerRef {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }
}
