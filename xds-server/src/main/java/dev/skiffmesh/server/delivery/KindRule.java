package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;

/**
 * How one resource type is delivered.
 *
 * @param kind the type
 * @param absence how a proxy is told that a name does not exist
 * @param wildcardByDefault whether a first request without names asks for everything
 * @param waits whether it must not overtake news of earlier types that {@code blocks} (a route must
 *     not name a cluster that is still unsent)
 * @param blocks whether later types wait for its news
 * @param removalsWithNews whether removals and new names belong into one response: Envoy refuses
 *     one domain in two virtual hosts and one address in two listeners, so a rename must be whole
 * @param onDemand whether what is not in a proxy's snapshot may be asked for, see {@link
 *     ProxySnapshot#reach()}
 * @param sotw whether it is served in state-of-the-world
 * @param most how many resources one delta response carries at most
 * @param ttl how long a proxy keeps a resource that is not renewed; zero for as long as it likes.
 *     See {@link DeliveryRules#ttl}
 */
record KindRule(
    ResourceKind kind,
    Absence absence,
    boolean wildcardByDefault,
    boolean waits,
    boolean blocks,
    boolean removalsWithNews,
    boolean onDemand,
    boolean sotw,
    int most,
    Duration ttl) {

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
}
