package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.translator.envoy.Assignments;
import dev.skiffmesh.translator.envoy.EnvoyRenderer;
import dev.skiffmesh.translator.evaluate.EffectiveMesh;
import dev.skiffmesh.translator.evaluate.Planner;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.plan.ScopePlan;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.resource.Resource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The pure core's face: everything that the server and the command line ask of it. Thread-safe; it
 * remembers work that it has done, which nobody can see from outside.
 */
public final class Translator {

  private final String rootNamespace;
  private final ScopeMode scope;
  private final List<PolicyKind<?>> kinds;
  private final PolicyDecoder decoder;
  private final Planner planner;
  private static final SortedSet<ServiceId> NO_SERVICES = Immutable.sortedSet(Set.of());

  private final EnvoyRenderer renderer = new EnvoyRenderer();

  /**
   * A translator of all kinds that exist, under which workloads are sent everything unless a policy
   * says otherwise.
   *
   * @param rootNamespace only policies from here may target the whole mesh
   */
  public Translator(String rootNamespace) {
    this(rootNamespace, PolicyKinds.ALL, ScopeMode.ALL);
  }

  /**
   * A translator of some kinds.
   *
   * @param rootNamespace only policies from here may target the whole mesh
   * @param kinds in the order in which they are applied
   * @param scope how much workloads are sent, if no policy says otherwise
   */
  public Translator(String rootNamespace, List<PolicyKind<?>> kinds, ScopeMode scope) {
    this.rootNamespace = rootNamespace;
    this.scope = scope;
    this.kinds = List.copyOf(kinds);
    this.decoder = new PolicyDecoder(this.kinds);
    this.planner = new Planner(this.kinds);
  }

  /** The kinds that it knows, by name. */
  public List<? extends PolicyDescriptor<?>> kinds() {
    return decoder.kinds().values().stream().map(PolicyKind::descriptor).toList();
  }

  /**
   * Understands one policy document by itself; never throws, whatever the document says.
   *
   * @param generation to be carried by the policy
   */
  public Decoded<Policy<?>> decode(RawDocument document, long generation) {
    return decoder.decode(document, generation);
  }

  /**
   * Understands all policies and services together. Endpoints play no part, but for those from
   * whose number something follows that a policy says; see {@link #sizing}.
   */
  public Evaluation evaluate(World world) {
    EffectiveMesh mesh = new EffectiveMesh(world, kinds, rootNamespace);
    return new Evaluation(mesh.acceptances(), mesh.findings(), mesh);
  }

  /**
   * What {@code identity} may see and needs.
   *
   * @param learned services that it is known to use, beside those that it declared
   */
  public ProxyView view(
      Evaluation evaluation, ProxyIdentity identity, SortedSet<ServiceId> learned) {
    ServiceId workload = identity.workload().service();
    EffectiveMesh mesh = evaluation.mesh();
    return new ProxyView(
        identity,
        planner.plan(mesh, identity.workload()),
        planner.inbound(mesh, workload),
        scope(
            planner.scope(mesh, workload),
            identity.dialect(),
            learned,
            services -> mesh.withNamesakes(services, workload.namespace())));
  }

  /** The same for a proxy that has asked for everything that it may ask for. */
  public ProxyView view(Evaluation evaluation, ProxyIdentity identity) {
    return view(
        evaluation,
        identity,
        new TreeSet<>(planner.plan(evaluation.mesh(), identity.workload()).services().keySet()));
  }

  private static Scope everything(ScopePlan plan) {
    return new Scope(
        ScopeMode.ALL,
        NO_SERVICES,
        plan.declared(),
        plan.runtimeKeys(),
        plan.effects(),
        plan.findings());
  }

  private Scope scope(
      ScopePlan plan,
      Dialect dialect,
      SortedSet<ServiceId> learned,
      UnaryOperator<SortedSet<ServiceId>> withNamesakes) {
    ScopeMode decided = plan.mode();
    ScopeMode mode = decided == null ? scope : decided;
    return switch (dialect) {
      // It asks for what it calls, by name.
      case Dialect.Grpc _ -> everything(plan);
      case Dialect.Envoy envoy ->
          switch (mode) {
            case ALL -> everything(plan);
            case DECLARED ->
                new Scope(
                    ScopeMode.DECLARED,
                    withNamesakes.apply(plan.declared()),
                    plan.declared(),
                    plan.runtimeKeys(),
                    plan.effects(),
                    plan.findings());
            case ON_DEMAND -> {
              if (!envoy.asksForVirtualHosts()) {
                yield everything(plan);
              }
              SortedSet<ServiceId> services = new TreeSet<>(plan.declared());
              services.addAll(learned);
              yield new Scope(
                  ScopeMode.ON_DEMAND,
                  withNamesakes.apply(services),
                  plan.declared(),
                  plan.runtimeKeys(),
                  plan.effects(),
                  plan.findings());
            }
          };
    };
  }

  /** What would become of numbers that follow from how many instances a service has. */
  public Sizing sizing(Evaluation evaluation, ServiceId service, EndpointSet now) {
    return planner.sizing(evaluation.mesh(), service, now);
  }

  /** A proxy's resources. Equal views give equal translations. */
  public Translation translate(ProxyView view) {
    return renderer.render(view);
  }

  /**
   * The service whose endpoints an assignment is made of; empty for a name that no cluster of Skiff
   * has, which is answered with an assignment without endpoints.
   */
  public Optional<ServiceId> assignmentService(String assignmentName) {
    return ClusterName.parse(assignmentName).map(ClusterName::service);
  }

  /** Whether clusters of that service ask for the assignment: it has the port, and endpoints. */
  public boolean isAssigned(String assignmentName, Service service) {
    return service.externalName() == null
        && ClusterName.parse(assignmentName)
            .filter(
                name ->
                    name.service().equals(service.id())
                        && service.ports().stream()
                            .anyMatch(port -> port.name().equals(name.port())))
            .isPresent();
  }

  /**
   * The assignment (EDS resource) of that name: a pure function of the name and the endpoints of
   * its service, the same for all proxies.
   */
  public Resource assignment(String assignmentName, EndpointSet endpoints) {
    return Assignments.resource(assignmentName, endpoints);
  }
}
