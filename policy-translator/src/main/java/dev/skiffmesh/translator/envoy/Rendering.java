package dev.skiffmesh.translator.envoy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.plan.ClusterPlan;
import dev.skiffmesh.translator.plan.ExtraCluster;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.RouteAction.Forward;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.wire.NewerEnvoyFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One service rendered in one form, checked and packed.
 *
 * @param resources clusters, and virtual hosts, or listeners and routes
 * @param assignments the assignments that its clusters ask for, by cluster name
 * @param lacking by policy, what the form cannot have
 * @param findings resources that the gate refused
 */
record Rendering(
    List<Resource> resources,
    SortedMap<String, String> assignments,
    SortedMap<DocumentKey, Set<String>> lacking,
    List<Finding> findings) {

  /** In what shape a service is sent. */
  enum Form {
    /** Virtual hosts for Envoy, as resources or within a route configuration. */
    ENVOY,
    /** Listeners and route configurations for gRPC's own clients. */
    GRPC
  }

  static Rendering of(ServicePlan plan, Form form, ResourceGate gate) {
    return new Builder(gate).service(plan, form).build();
  }

  private static final class Builder {
    private final ResourceGate gate;
    private final List<Resource> resources = new ArrayList<>();
    private final SortedMap<String, String> assignments = new TreeMap<>();
    private final SortedMap<DocumentKey, Set<String>> lacking = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();

    private Builder(ResourceGate gate) {
      this.gate = gate;
    }

    private Builder service(ServicePlan plan, Form form) {
      Set<ClusterName> refused = new HashSet<>();
      for (Map.Entry<ClusterName, ClusterPlan> cluster : plan.clusters().entrySet()) {
        boolean added =
            add(
                ResourceKind.CLUSTER,
                cluster.getKey().text(),
                switch (form) {
                  case ENVOY -> Clusters.ofService(cluster.getValue());
                  case GRPC -> Clusters.reporting(cluster.getValue());
                },
                new Provenance(cluster.getValue().policies()));
        if (!added) {
          refused.add(cluster.getKey());
        } else if (cluster.getValue().external() == null) {
          assignments.put(cluster.getKey().text(), cluster.getKey().assignmentName());
        }
      }
      for (PortPlan planned : plan.ports()) {
        PortPlan port = planned.without(refused);
        switch (form) {
          case ENVOY -> {
            sticky(port);
            add(
                ResourceKind.VIRTUAL_HOST,
                VirtualHosts.resourceName(port),
                VirtualHosts.of(port),
                new Provenance(port.policies()));
          }
          case GRPC -> grpc(port);
        }
      }
      if (form == Form.GRPC) {
        plan.runtimeKeys().forEach(key -> lacks(key.policy(), "runtime keys are not available"));
      }
      if (form == Form.ENVOY) {
        for (ExtraCluster extra : plan.extraClusters()) {
          add(
              ResourceKind.CLUSTER,
              extra.cluster().getName(),
              extra.cluster(),
              new Provenance(Immutable.sortedSet(Set.of(extra.policy()))));
        }
      }
      return this;
    }

    /** {@link NewerEnvoyFields#USE_HASH_POLICY_SINCE}; newer ones do not ask. */
    private void sticky(PortPlan port) {
      port.routes().stream()
          .filter(route -> route.action() instanceof Forward forward && forward.isSticky())
          .flatMap(route -> route.policies().stream())
          .forEach(policy -> lacks(policy, "sticky shares are not available"));
    }

    private void lacks(DocumentKey policy, String what) {
      lacking.computeIfAbsent(policy, key -> new LinkedHashSet<>()).add(what);
    }

    private void grpc(PortPlan port) {
      GrpcRoutes routes = new GrpcRoutes(port, this::lacks);
      boolean added =
          add(
              ResourceKind.ROUTE,
              GrpcRoutes.configurationName(port),
              routes.configuration(),
              new Provenance(port.policies()));
      if (added) {
        for (String host : new TreeSet<>(port.hosts())) {
          add(ResourceKind.LISTENER, host, GrpcRoutes.listener(host, port), Provenance.NONE);
        }
      }
    }

    private boolean add(
        ResourceKind kind, String name, com.google.protobuf.Message message, Provenance by) {
      Optional<Finding> refusal = gate.refusal(kind, name, message, by);
      refusal.ifPresent(findings::add);
      if (refusal.isEmpty()) {
        resources.add(Resource.pack(kind, name, message, by));
      }
      return refusal.isEmpty();
    }

    private Rendering build() {
      return new Rendering(List.copyOf(resources), assignments, lacking, List.copyOf(findings));
    }
  }
}
