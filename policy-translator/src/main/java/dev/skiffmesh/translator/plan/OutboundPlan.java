package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.PolicyEffect;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * What callers of one kind do with all services that they may see. A service whose plan did not
 * change is the same object as before, and the same for all kinds of callers that it is equal for.
 *
 * @param callerKind the policies for some callers only that concern this kind
 * @param services by name
 * @param effects what each policy came to, over all services
 * @param hosts who answers to which host
 * @param triedOut the effects that belong to no service: of policies that are only tried out
 * @param common what callers do that no such policy concerns; null if this is it
 * @param own the plans that are others than theirs
 */
public record OutboundPlan(
    SortedSet<DocumentKey> callerKind,
    TreePMap<ServiceId, ServicePlan> services,
    SortedMap<DocumentKey, PolicyEffect> effects,
    HostOwners hosts,
    SortedMap<DocumentKey, PolicyEffect> triedOut,
    @Nullable OutboundPlan common,
    SortedMap<ServiceId, ServicePlan> own) {

  /** Copies what it is given, unless nobody can change it. */
  public OutboundPlan {
    callerKind = Immutable.sortedSet(callerKind);
    effects = effects instanceof TreePMap ? effects : TreePMap.from(effects);
    triedOut = Immutable.sortedMap(triedOut);
    own = Immutable.sortedMap(own);
  }

  /** What callers do that no policy for some callers concerns. */
  public static OutboundPlan ofAll(
      TreePMap<ServiceId, ServicePlan> services,
      SortedMap<DocumentKey, PolicyEffect> effects,
      HostOwners hosts,
      SortedMap<DocumentKey, PolicyEffect> triedOut) {
    return new OutboundPlan(
        Immutable.sortedSet(Set.of()), services, effects, hosts, triedOut, null, new TreeMap<>());
  }

  /** The same where some plans are others for a kind of callers. */
  public OutboundPlan with(
      SortedSet<DocumentKey> kind,
      SortedMap<ServiceId, ServicePlan> others,
      SortedMap<DocumentKey, PolicyEffect> newEffects) {
    return new OutboundPlan(
        kind, services.plusAll(others), newEffects, hosts, triedOut, this, others);
  }

  /** Tells whether it is {@code all} with these plans over it, compared by identity. */
  @SuppressWarnings("ReferenceEquality")
  public boolean isLaidOver(OutboundPlan all, Map<ServiceId, ServicePlan> others) {
    return common == all
        && own.keySet().equals(others.keySet())
        && own.entrySet().stream().allMatch(plan -> others.get(plan.getKey()) == plan.getValue());
  }

  /** The part of it that some services make, with what policies come to there. */
  public OutboundPlan within(
      TreePMap<ServiceId, ServicePlan> some, SortedMap<DocumentKey, PolicyEffect> newEffects) {
    return new OutboundPlan(callerKind, some, newEffects, hosts, triedOut, null, new TreeMap<>());
  }
}
