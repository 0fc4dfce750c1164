package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import java.util.List;
import java.util.SortedMap;

/**
 * All that a service's plan is made of: the memo's key. Comparing two of them is mostly comparing
 * references, since unchanged services and policies are the same objects.
 *
 * @param service the service
 * @param hosts what it answers to
 * @param targetings the policies that reach it and concern this kind of caller
 * @param neighbours other services that those policies name, as far as they exist
 */
record ServiceInput(
    Service service,
    List<String> hosts,
    List<Targeting> targetings,
    SortedMap<ServiceId, Neighbour> neighbours) {

  /**
   * Another service that a policy sends calls to.
   *
   * @param service the service
   * @param targetings the policies that reach it and concern this kind of caller
   */
  record Neighbour(Service service, List<Targeting> targetings) {}
}
