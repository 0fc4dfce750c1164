package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.plan.Hosts;
import dev.skiffmesh.translator.policy.ServiceRef;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * All that a service's plan is made of: the memo's key. Comparing two of them is mostly comparing
 * references, since unchanged services and policies are the same objects.
 *
 * @param service the service
 * @param hosts what it answers to
 * @param targetings the policies that reach it and concern this kind of caller
 * @param neighbours other services that those policies name, as far as they exist
 * @param references what each of those names means; a name that means nothing is absent
 */
record ServiceInput(
    Service service,
    Hosts hosts,
    List<Targeting> targetings,
    SortedMap<ServiceId, Neighbour> neighbours,
    Map<ServiceRef, ServiceId> references)
    implements TargetPort.Directory {

  /** Only what the policies said that they name: nothing else may enter a plan. */
  @Override
  public Optional<Service> find(String namespace, String name) {
    ServiceId id = references.get(new ServiceRef(namespace, name));
    if (id == null) {
      return Optional.empty();
    }
    Neighbour neighbour = neighbours.get(id);
    return Optional.of(neighbour == null ? service : neighbour.service());
  }

  /**
   * Another service that a policy sends calls to.
   *
   * @param service the service
   * @param targetings the policies that reach it and concern this kind of caller
   */
  record Neighbour(Service service, List<Targeting> targetings) {}
}
