package dev.skiffmesh.translator.envoy;

import com.google.protobuf.Message;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.Failures;
import dev.skiffmesh.translator.place.KindFailed;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.plan.ClusterPlan;
import dev.skiffmesh.translator.plan.ExtraCluster;
import dev.skiffmesh.translator.plan.Hosts;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One service rendered in one form, checked and packed.
 *
 * @param resources clusters, and virtual hosts, or listeners and routes, for all callers
 * @param within those for callers of its own namespace alone
 * @param elsewhere those for callers of all other namespaces
 * @param assignments the assignments that its clusters ask for, by cluster name
 * @param lacking by policy, what clients of the form may not have, or failed
 * @param destinations by policy, the clusters that its rules send calls or copies to
 * @param findings resources that the gate refused
 */
record Rendering(
    List<Resource> resources,
    List<Resource> within,
    List<Resource> elsewhere,
    SortedMap<String, String> assignments,
    SortedMap<DocumentKey, Set<Lack>> lacking,
    SortedMap<DocumentKey, SortedSet<String>> destinations,
    List<Finding> findings) {

  /** Of gRPC's clients. */
  static final String NO_RUNTIME_KEYS = "runtime keys are not available";

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
    private final List<Resource> within = new ArrayList<>();
    private final List<Resource> elsewhere = new ArrayList<>();
    private final SortedMap<String, String> assignments = new TreeMap<>();
    private final SortedMap<DocumentKey, Set<Lack>> lacking = new TreeMap<>();
    private final SortedMap<DocumentKey, SortedSet<String>> destinations = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();

    private Builder(ResourceGate gate) {
      this.gate = gate;
    }

    private Builder service(ServicePlan plan, Form form) {
      Set<ClusterName> refused = new HashSet<>();
      for (ClusterPlan cluster : plan.clusters().values()) {
        if (!cluster(cluster, form)) {
          refused.add(cluster.name());
        }
      }
      for (PortPlan planned : plan.ports()) {
        PortPlan port = planned.without(refused);
        Optional<? extends Made<PortPlan, ?>> made =
            switch (form) {
              case ENVOY -> virtualHost(port);
              case GRPC -> grpc(port);
            };
        made.ifPresent(done -> done.plan().routes().forEach(this::leads));
        made.filter(done -> !done.plan().equals(port))
            .ifPresent(done -> otherwise(done.plan(), form));
      }
      if (form == Form.GRPC) {
        plan.runtimeKeys().forEach(key -> lacks(key.policy(), NO_RUNTIME_KEYS));
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

    /** A plan without the kinds that failed, and what it is in Envoy's words. */
    private record Made<P, M>(P plan, M message) {}

    /**
     * Makes a message of a plan; a kind that fails takes out its own policies, as often as one
     * does. Both are functions of the plan alone, so that a name has one content everywhere. Empty
     * if Skiff itself fails, which costs this one resource.
     */
    private <P, M> Optional<Made<P, M>> made(
        String where, P plan, BiFunction<P, String, P> withoutKind, Function<P, M> make) {
      P left = plan;
      while (true) {
        try {
          return Optional.of(new Made<>(left, make.apply(left)));
        } catch (KindFailed failed) {
          String message = Failures.message(where, failed.failure());
          for (DocumentKey policy : failed.policies()) {
            lacks(policy, message);
            findings.add(Finding.of(FindingCode.TRANSLATION_FAILED, policy.toString(), message));
          }
          left = withoutKind.apply(left, failed.kind());
        } catch (Throwable failure) {
          findings.add(
              Finding.of(FindingCode.TRANSLATION_FAILED, where, Failures.message(where, failure)));
          return Optional.empty();
        }
      }
    }

    private boolean cluster(ClusterPlan plan, Form form) {
      String name = plan.name().text();
      plan.options().values().forEach(this::says);
      Optional<Made<ClusterPlan, Cluster>> made =
          made(
              "cluster " + name,
              plan,
              ClusterPlan::withoutKind,
              left ->
                  switch (form) {
                    case ENVOY -> Clusters.ofService(left);
                    case GRPC -> Clusters.reporting(left);
                  });
      boolean added =
          made.isPresent()
              && add(
                  ResourceKind.CLUSTER,
                  name,
                  made.get().message(),
                  new Provenance(made.get().plan().policies()));
      if (added && plan.external() == null) {
        assignments.put(name, plan.name().assignmentName());
      }
      return added;
    }

    private Optional<Made<PortPlan, VirtualHost>> virtualHost(PortPlan port) {
      port.options().all().forEach(this::says);
      port.routes().stream().flatMap(RoutePlan::said).forEach(this::says);
      Optional<Made<PortPlan, VirtualHost>> made =
          made(
              "virtual host " + VirtualHosts.resourceName(port, true),
              port,
              PortPlan::withoutKind,
              VirtualHosts::of);
      made.ifPresent(
          done -> {
            Provenance by = new Provenance(done.plan().policies());
            boolean differ = port.hosts().differ();
            virtualHost(done.message(), by, differ ? within : resources);
            if (differ) {
              virtualHost(VirtualHosts.elsewhere(port, done.message()), by, elsewhere);
            }
          });
      return made;
    }

    private void virtualHost(VirtualHost host, Provenance by, List<Resource> into) {
      add(ResourceKind.VIRTUAL_HOST, host.getName(), host, by, into);
    }

    /** Where routes were left out because a kind failed, calls may go where nobody planned to. */
    private void otherwise(PortPlan port, Form form) {
      ClusterPlan cluster = port.otherwise().cluster();
      if (port.routes().contains(port.otherwise().route())
          && !assignments.containsKey(cluster.name().text())) {
        cluster(cluster, form);
      }
    }

    private void leads(RoutePlan route) {
      for (DocumentKey policy : route.policies()) {
        for (ClusterName cluster : route.clusters()) {
          destinations.computeIfAbsent(policy, key -> new TreeSet<>()).add(cluster.text());
        }
      }
    }

    private void lacks(DocumentKey policy, String what) {
      lacks(Set.of(policy), Lack.of(what));
    }

    private void lacks(Set<DocumentKey> policies, Lack what) {
      policies.forEach(
          policy -> lacking.computeIfAbsent(policy, key -> new LinkedHashSet<>()).add(what));
    }

    private void says(Placed<? extends Option> placed) {
      lacks(placed.by(), new Lack.OfOption(placed.option()));
    }

    private Optional<Made<PortPlan, RouteConfiguration>> grpc(PortPlan port) {
      String name = GrpcRoutes.configurationName(port);
      Optional<Made<PortPlan, RouteConfiguration>> made =
          made(
              "route " + name,
              port,
              PortPlan::withoutKind,
              left -> new GrpcRoutes(left, this::lacks).configuration());
      boolean added =
          made.isPresent()
              && add(
                  ResourceKind.ROUTE,
                  name,
                  made.get().message(),
                  new Provenance(made.get().plan().policies()));
      if (added) {
        Hosts hosts = GrpcRoutes.targets(port);
        for (String host : new TreeSet<>(hosts.elsewhere())) {
          listener(host, port, hosts.within().contains(host) ? resources : elsewhere);
        }
        for (String host : new TreeSet<>(hosts.within())) {
          if (!hosts.elsewhere().contains(host)) {
            listener(host, port, within);
          }
        }
      }
      return made;
    }

    private void listener(String host, PortPlan port, List<Resource> into) {
      add(ResourceKind.LISTENER, host, GrpcRoutes.listener(host, port), Provenance.NONE, into);
    }

    private boolean add(ResourceKind kind, String name, Message message, Provenance by) {
      return add(kind, name, message, by, resources);
    }

    private boolean add(
        ResourceKind kind, String name, Message message, Provenance by, List<Resource> into) {
      Optional<Finding> refusal = gate.refusal(kind, name, message, by);
      refusal.ifPresent(findings::add);
      if (refusal.isEmpty()) {
        into.add(Resource.pack(kind, name, message, by));
      }
      return refusal.isEmpty();
    }

    private Rendering build() {
      return new Rendering(
          List.copyOf(resources),
          List.copyOf(within),
          List.copyOf(elsewhere),
          assignments,
          lacking,
          destinations,
          List.copyOf(findings));
    }
  }
}
