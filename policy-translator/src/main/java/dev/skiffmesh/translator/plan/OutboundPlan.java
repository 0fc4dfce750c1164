package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.PolicyEffect;
import java.util.SortedMap;
import org.pcollections.TreePMap;

/**
 * What callers of one kind do with all services that they may see. A service whose plan did not
 * change is the same object as before.
 *
 * @param services by name
 * @param effects what each policy came to, over all services
 */
public record OutboundPlan(
    TreePMap<ServiceId, ServicePlan> services, SortedMap<DocumentKey, PolicyEffect> effects) {

  /** Copies the effects. */
  public OutboundPlan {
    effects = Immutable.sortedMap(effects);
  }
}
