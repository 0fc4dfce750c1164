package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.plan.ServicePlan;
import java.util.Map;
import org.pcollections.TreePMap;

/**
 * What each policy comes to over many services; another service's plan costs its own policies.
 * Immutable.
 *
 * @param parts what it came to where, by policy
 * @param effects what it comes to altogether
 */
record EffectSums(TreePMap<DocumentKey, Parts> parts, TreePMap<DocumentKey, PolicyEffect> effects) {

  static final EffectSums NOTHING = new EffectSums(TreePMap.empty(), TreePMap.empty());

  /**
   * One policy's.
   *
   * @param shaped how many services it shaped
   * @param others what it came to at the others
   */
  private record Parts(int shaped, TreePMap<ServiceId, PolicyEffect> others) {

    private static final Parts NOTHING = new Parts(0, TreePMap.empty());

    private Parts plus(ServiceId service, PolicyEffect effect) {
      return effect.equals(PolicyEffect.SHAPED)
          ? new Parts(shaped + 1, others)
          : new Parts(shaped, others.plus(service, effect));
    }

    private Parts minus(ServiceId service, PolicyEffect effect) {
      return effect.equals(PolicyEffect.SHAPED)
          ? new Parts(shaped - 1, others)
          : new Parts(shaped, others.minus(service));
    }

    private PolicyEffect sum(DocumentKey policy) {
      if (others.isEmpty()) {
        return PolicyEffect.SHAPED;
      }
      EffectLedger ledger = new EffectLedger();
      if (shaped > 0) {
        ledger.add(Map.of(policy, PolicyEffect.SHAPED));
      }
      others.values().forEach(effect -> ledger.add(Map.of(policy, effect)));
      return ledger.effects().getOrDefault(policy, PolicyEffect.SHAPED);
    }
  }

  EffectSums plus(ServicePlan plan) {
    EffectSums sums = this;
    for (Map.Entry<DocumentKey, PolicyEffect> effect : plan.effects().entrySet()) {
      Parts before = sums.parts.getOrDefault(effect.getKey(), Parts.NOTHING);
      sums = sums.with(effect.getKey(), before.plus(plan.service().id(), effect.getValue()));
    }
    return sums;
  }

  EffectSums minus(ServicePlan plan) {
    EffectSums sums = this;
    for (Map.Entry<DocumentKey, PolicyEffect> effect : plan.effects().entrySet()) {
      Parts before = sums.parts.getOrDefault(effect.getKey(), Parts.NOTHING);
      sums = sums.with(effect.getKey(), before.minus(plan.service().id(), effect.getValue()));
    }
    return sums;
  }

  private EffectSums with(DocumentKey policy, Parts now) {
    return now.equals(Parts.NOTHING)
        ? new EffectSums(parts.minus(policy), effects.minus(policy))
        : new EffectSums(parts.plus(policy, now), effects.plus(policy, now.sum(policy)));
  }
}
