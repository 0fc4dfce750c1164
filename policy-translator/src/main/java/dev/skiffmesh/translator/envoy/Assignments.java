package dev.skiffmesh.translator.envoy;

import com.google.protobuf.UInt32Value;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.EndpointUse;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.wire.Protos;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint.AdditionalAddress;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Assignments (EDS): a pure function of a name and of endpoints, the same for all callers, so that
 * an endpoint change touches nothing else.
 */
public final class Assignments {

  /**
   * As many usable instances as there are calls for: with Envoy's default of 140 a label set of
   * which half is unhealthy would spill calls to the rest of the service, although it can take
   * them.
   */
  private static final int NO_SPILL = 1_000_000;

  private Assignments() {}

  /** The assignment of that name; without endpoints for a name that is not one of Skiff's. */
  public static Resource resource(String name, EndpointSet endpoints) {
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(name);
    ClusterName.parse(name).ifPresent(cluster -> fill(assignment, cluster, endpoints));
    return Resource.pack(ResourceKind.ENDPOINT, name, assignment.build(), Provenance.NONE);
  }

  private static void fill(
      ClusterLoadAssignment.Builder assignment, ClusterName name, EndpointSet endpoints) {
    // The address's process is what the entry that counts says, so that labels are looked at last.
    List<Endpoint> served = EndpointUse.at(name.port(), endpoints.endpoints());
    List<Endpoint> chosen = served.stream().filter(name::hasLabels).toList();
    if (!name.orRest()) {
      add(assignment, chosen, EndpointUse.takingCalls(chosen), name.port(), 0);
      return;
    }
    List<Endpoint> rest = served.stream().filter(endpoint -> !name.hasLabels(endpoint)).toList();
    Set<EndpointKey> taking = EndpointUse.takingCalls(served);
    // Priorities begin at 0 without a gap (endpoint_components.proto).
    add(assignment, chosen.isEmpty() ? rest : chosen, taking, name.port(), 0);
    add(assignment, chosen.isEmpty() ? List.of() : rest, taking, name.port(), 1);
    assignment.getPolicyBuilder().setOverprovisioningFactor(UInt32Value.of(NO_SPILL));
  }

  private static void add(
      ClusterLoadAssignment.Builder assignment,
      List<Endpoint> endpoints,
      Set<EndpointKey> taking,
      String port,
      int priority) {
    List<Endpoint> weighted = endpoints.stream().filter(e -> e.weight().signum() > 0).toList();
    List<Long> weights =
        weighted.isEmpty()
            ? List.of()
            : Weights.of(weighted.stream().map(Endpoint::weight).toList());
    SortedMap<Locality, List<LbEndpoint>> localities = new TreeMap<>();
    int next = 0;
    for (Endpoint endpoint : endpoints) {
      // A drained endpoint takes no calls, so that its weight only has to be legal.
      long weight = endpoint.weight().signum() > 0 ? weights.get(next++) : 1;
      localities
          .computeIfAbsent(endpoint.locality(), locality -> new ArrayList<>())
          .add(
              lbEndpoint(
                  endpoint,
                  endpoint.ports().getOrDefault(port, 0),
                  weight,
                  taking.contains(endpoint.key()) ? HealthStatus.UNKNOWN : whyNot(endpoint)));
    }
    localities.forEach(
        (locality, members) ->
            assignment.addEndpoints(
                LocalityLbEndpoints.newBuilder()
                    .setLocality(locality(locality, priority))
                    .setPriority(priority)
                    .setLoadBalancingWeight(UInt32Value.of((int) localityWeight(members)))
                    .addAllLbEndpoints(members)));
  }

  /**
   * A name of its own for each priority: gRPC for Java keeps one entry for each locality, whatever
   * its priority, so that the rest would take the place of the chosen (XdsEndpointResource).
   */
  private static io.envoyproxy.envoy.config.core.v3.Locality locality(
      Locality locality, int priority) {
    var named = Protos.locality(locality);
    return priority == 0
        ? named
        : named.toBuilder()
            .setSubZone(named.getSubZone().isEmpty() ? "rest" : named.getSubZone() + "/rest")
            .build();
  }

  /** gRPC clients share calls among localities by this; Envoy does so only where it is asked to. */
  private static long localityWeight(List<LbEndpoint> members) {
    return Math.max(
        1,
        usable(members)
            .mapToLong(member -> Integer.toUnsignedLong(member.getLoadBalancingWeight().getValue()))
            .sum());
  }

  private static Stream<LbEndpoint> usable(List<LbEndpoint> members) {
    return members.stream().filter(member -> member.getHealthStatus() == HealthStatus.UNKNOWN);
  }

  private static LbEndpoint lbEndpoint(
      Endpoint endpoint, int port, long weight, HealthStatus status) {
    LbEndpoint.Builder builder =
        LbEndpoint.newBuilder()
            .setHealthStatus(status)
            .setLoadBalancingWeight(UInt32Value.of((int) weight));
    builder.getEndpointBuilder().setAddress(address(endpoint.address(), port));
    for (String further : endpoint.additionalAddresses()) {
      builder
          .getEndpointBuilder()
          .addAdditionalAddresses(
              AdditionalAddress.newBuilder().setAddress(address(further, port)));
    }
    return builder.build();
  }

  private static Address.Builder address(String address, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(address).setPortValue(port));
  }

  private static HealthStatus whyNot(Endpoint endpoint) {
    return endpoint.isDrained() ? HealthStatus.DRAINING : HealthStatus.UNHEALTHY;
  }
}
