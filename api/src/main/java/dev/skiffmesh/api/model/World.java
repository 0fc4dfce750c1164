package dev.skiffmesh.api.model;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.Policy;
import org.pcollections.TreePMap;

/**
 * Everything that is known, at one moment: the only thing that translation reads.
 *
 * <p>Immutable, equal by value, in deterministic order. The maps are persistent, so a new world
 * shares all that did not change with the one before; an unchanged part is the same object, which
 * makes "did it change" a comparison of references in the common case.
 *
 * @param services by mesh name
 * @param endpoints by mesh name; a service without an entry has none
 * @param policies the version in force of each policy, by kind, namespace and name
 */
public record World(
    TreePMap<ServiceId, Service> services,
    TreePMap<ServiceId, EndpointSet> endpoints,
    TreePMap<DocumentKey, Policy<?>> policies) {

  /** Nothing is known. */
  public static final World EMPTY = new World(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

  /** The endpoints of {@code service}; none if nothing is known of it. */
  public EndpointSet endpointsOf(ServiceId service) {
    EndpointSet known = endpoints.get(service);
    return known == null ? EndpointSet.EMPTY : known;
  }
}
