package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.PolicyEffect;
import java.util.SortedMap;
import java.util.SortedSet;
import org.pcollections.TreePMap;

/**
 * What callers of one kind do with all services that they may see. A service whose plan did not
 * change is the same object as before.
 *
 * @param callerKind the policies for some callers only that concern this kind
 * @param services by name
 * @param effects what each policy came to, over all services
 * @param hosts who answers to which host
 * @param triedOut the effects that belong to no service: of policies that are only tried out
 */
public record OutboundPlan(
    SortedSet<DocumentKey> callerKind,
    TreePMap<ServiceId, ServicePlan> services,
    SortedMap<DocumentKey, PolicyEffect> effects,
    HostOwners hosts,
    SortedMap<DocumentKey, PolicyEffect> triedOut) {

  /** Copies the keys and the effects. */
  public OutboundPlan {
    callerKind = Immutable.sortedSet(callerKind);
    effects = effects instanceof TreePMap ? effects : TreePMap.from(effects);
    triedOut = Immutable.sortedMap(triedOut);
  }
}
