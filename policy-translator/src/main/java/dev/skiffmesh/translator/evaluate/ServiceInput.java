package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.plan.Hosts;
import dev.skiffmesh.translator.policy.ServiceRef;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a service's plan is made of: the memo's key. Comparing two of them is mostly comparing
 * references, since unchanged services and policies are the same objects.
 *
 * @param own the service itself
 * @param hosts what it answers to
 * @param neighbours other services that its policies name, as far as they exist
 */
record ServiceInput(Reached own, Hosts hosts, SortedMap<ServiceId, Reached> neighbours) {

  /** The service. */
  Service service() {
    return own.service;
  }

  /** A service that the plan leads to; null if it does not. */
  @Nullable Reached reached(ServiceId service) {
    return service.equals(own.service.id()) ? own : neighbours.get(service);
  }

  /** Cheap, and different where services or policies are others. */
  @Override
  public int hashCode() {
    return own.hashCode();
  }

  /**
   * A service and what policies say there. Names in policies mean what they mean there, whoever
   * else's plan leads to it.
   *
   * @param service the service
   * @param targetings the policies that reach it and concern this kind of caller
   * @param named what the names in those policies mean; a name that means nothing is absent
   * @param counted the endpoints from which numbers in what policies say follow; null if none does
   */
  record Reached(
      Service service,
      List<Targeting> targetings,
      Map<ServiceRef, Service> named,
      @Nullable EndpointSet counted)
      implements TargetPort.Directory {

    /** Only what the policies said that they name: nothing else may enter a plan. */
    @Override
    public Optional<Service> find(String namespace, String name) {
      return Optional.ofNullable(named.get(new ServiceRef(namespace, name)));
    }

    /** Cheap, and different where services or policies are others. */
    @Override
    public int hashCode() {
      int hash = service.id().hashCode();
      for (Targeting targeting : targetings) {
        hash = 31 * hash + targeting.policy().key().hashCode();
      }
      return hash;
    }
  }
}
