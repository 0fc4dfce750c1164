package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How one resource type is delivered.
 *
 * @param kind the type
 * @param absence how a proxy is told that a name does not exist
 * @param traits what else is special about it
 * @param most how many resources one delta response carries at most
 * @param ttl how long a proxy keeps a resource that is not renewed; zero for as long as it likes.
 *     See {@link DeliveryRules#ttl}
 */
record KindRule(ResourceKind kind, Absence absence, Set<Trait> traits, int most, Duration ttl) {

  /** How a proxy is told that a name does not exist. */
  enum Absence {
    /** By {@code removed_resources}; by being left out in state-of-the-world. */
    REMOVED,
    /** By a resource without content: Envoy ignores removals of assignments. */
    EMPTIED,
    /** By a resource without content if it has none yet; what it has it keeps. */
    KEPT,
    /** By a removal if it has it; else by a resource without a body and itself as alias. */
    ALIASED
  }

  /** What is special about a type. */
  enum Trait {
    /** A first request without names asks for everything. */
    WILDCARD_BY_DEFAULT,
    /**
     * It must not overtake news of earlier types that {@link #BLOCKS}: a route must not name a
     * cluster that is still unsent.
     */
    WAITS,
    /** Later types that {@link #WAITS} wait for its news. */
    BLOCKS,
    /**
     * Removals and new names belong into one response: Envoy refuses one domain in two virtual
     * hosts and one address in two listeners, so a rename must be whole.
     */
    REMOVALS_WITH_NEWS,
    /** What is not in a proxy's snapshot may be asked for, see {@link ProxySnapshot#reach()}. */
    ON_DEMAND,
    /** It is not served in state-of-the-world. */
    DELTA_ONLY
  }

  KindRule {
    traits = Collections.unmodifiableSet(traits);
  }

  /** A type without limits of number and life. */
  static KindRule of(ResourceKind kind, Absence absence, Trait... traits) {
    EnumSet<Trait> all = EnumSet.noneOf(Trait.class);
    all.addAll(List.of(traits));
    return new KindRule(kind, absence, all, Integer.MAX_VALUE, Duration.ZERO);
  }

  KindRule withAbsence(Absence other) {
    return new KindRule(kind, other, traits, most, ttl);
  }

  KindRule withMost(int resources) {
    return new KindRule(kind, absence, traits, resources, ttl);
  }

  KindRule withTtl(Duration life) {
    return new KindRule(kind, absence, traits, most, life);
  }

  boolean wildcardByDefault() {
    return traits.contains(Trait.WILDCARD_BY_DEFAULT);
  }

  boolean waits() {
    return traits.contains(Trait.WAITS);
  }

  boolean blocks() {
    return traits.contains(Trait.BLOCKS);
  }

  boolean removalsWithNews() {
    return traits.contains(Trait.REMOVALS_WITH_NEWS);
  }

  boolean onDemand() {
    return traits.contains(Trait.ON_DEMAND);
  }

  boolean sotw() {
    return !traits.contains(Trait.DELTA_ONLY);
  }

  /** Tells whether a name may be an alias of what is sent under another name. */
  boolean isAliased() {
    return absence == Absence.ALIASED;
  }
}
