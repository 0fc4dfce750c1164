package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.policy.grant.PolicyGrantSpec;
import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.Acceptance;
import dev.skiffmesh.translator.policy.Applied.Level;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which policies reach which services, and which do not take part and why. */
final class Targets {

  private final ServiceDirectory directory;
  private final String rootNamespace;
  private final Map<String, List<PolicyGrantSpec>> grants = new HashMap<>();

  private final SortedMap<DocumentKey, Acceptance> acceptances = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Map<ServiceId, List<Targeting>> services = new HashMap<>();
  private final Map<String, List<Targeting>> namespaces = new HashMap<>();
  private final List<Targeting> mesh = new ArrayList<>();

  private final Map<DocumentKey, Set<ServiceId>> directly = new HashMap<>();
  private final Map<DocumentKey, Set<String>> inNamespaces = new HashMap<>();
  private final Set<DocumentKey> everywhere = new HashSet<>();

  Targets(
      ServiceDirectory directory,
      Collection<Policy<?>> policies,
      Map<String, PolicyKind<?>> kinds,
      String rootNamespace) {
    this.directory = directory;
    this.rootNamespace = rootNamespace;
    for (Policy<?> policy : policies) {
      if (policy.spec() instanceof PolicyGrantSpec grant && !policy.isShadow()) {
        grants.computeIfAbsent(policy.key().namespace(), n -> new ArrayList<>()).add(grant);
      }
    }
    for (Policy<?> policy : policies) {
      PolicyKind<?> kind = kinds.get(policy.key().kind());
      if (kind != null) {
        accept(policy, kind);
      }
    }
  }

  SortedMap<DocumentKey, Acceptance> acceptances() {
    return acceptances;
  }

  List<Finding> findings() {
    return findings;
  }

  /** All that reach {@code service}, the most specific first, each policy at its closest level. */
  List<Targeting> of(ServiceId service) {
    List<Targeting> all = new ArrayList<>(services.getOrDefault(service, List.of()));
    all.addAll(namespaces.getOrDefault(service.namespace(), List.of()));
    all.addAll(mesh);
    all.sort(Targeting.ORDER);
    return all;
  }

  /** The services that some policies reach. */
  SortedSet<ServiceId> reachedBy(Set<DocumentKey> policies) {
    SortedSet<ServiceId> reached = new TreeSet<>();
    for (DocumentKey policy : policies) {
      reached.addAll(directly.getOrDefault(policy, Set.of()));
      for (String namespace : inNamespaces.getOrDefault(policy, Set.of())) {
        reached.addAll(directory.servicesOf(namespace));
      }
      if (everywhere.contains(policy)) {
        reached.addAll(directory.services());
      }
    }
    return reached;
  }

  private void enterService(ServiceId service, Targeting targeting) {
    services.computeIfAbsent(service, id -> new ArrayList<>()).add(targeting);
    directly.computeIfAbsent(targeting.policy().key(), key -> new HashSet<>()).add(service);
  }

  private void enterNamespace(String namespace, Targeting targeting) {
    namespaces.computeIfAbsent(namespace, name -> new ArrayList<>()).add(targeting);
    inNamespaces.computeIfAbsent(targeting.policy().key(), key -> new HashSet<>()).add(namespace);
  }

  private void enterMesh(Targeting targeting) {
    mesh.add(targeting);
    everywhere.add(targeting.policy().key());
  }

  private void accept(Policy<?> policy, PolicyKind<?> kind) {
    if (kind.descriptor().family() == Family.PERMISSION) {
      acceptances.put(policy.key(), Acceptance.ACCEPTED);
      return;
    }
    List<String> missing = new ArrayList<>();
    List<Runnable> registrations = new ArrayList<>();
    for (TargetRef target : policy.spec().targetRefs()) {
      Optional<String> refusal = refusal(policy, target);
      if (refusal.isPresent()) {
        refuse(policy, Reason.NOT_PERMITTED, FindingCode.NOT_PERMITTED, refusal.get());
        return;
      }
      resolve(policy, kind, target)
          .ifPresentOrElse(registrations::add, () -> missing.add(describe(policy, target)));
    }
    if (registrations.isEmpty()) {
      refuse(
          policy,
          Reason.TARGET_NOT_FOUND,
          FindingCode.TARGET_NOT_FOUND,
          "there is no " + String.join(", no ", missing) + "; it takes effect when it appears");
      return;
    }
    if (!policy.isShadow()) {
      registrations.forEach(Runnable::run);
    }
    String note = missing.isEmpty() ? "" : "there is no " + String.join(", no ", missing);
    acceptances.put(policy.key(), new Acceptance(true, Reason.ACCEPTED, note));
    if (!missing.isEmpty()) {
      report(policy, FindingCode.TARGET_NOT_FOUND, note);
    }
  }

  private void refuse(Policy<?> policy, Reason reason, FindingCode code, String message) {
    acceptances.put(policy.key(), new Acceptance(false, reason, message));
    report(policy, code, message);
  }

  private void report(Policy<?> policy, FindingCode code, String message) {
    findings.add(
        new Finding(
            code, policy.key().toString(), policy.origin().toString(), "spec.targetRefs", message));
  }

  private Optional<String> refusal(Policy<?> policy, TargetRef target) {
    String own = policy.key().namespace();
    if (target.kind() == TargetRef.Kind.MESH) {
      return own.equals(rootNamespace)
          ? Optional.empty()
          : Optional.of(
              "only policies of the root namespace '"
                  + rootNamespace
                  + "' may target the mesh, found namespace '"
                  + own
                  + "'");
    }
    String namespace = namespaceOf(policy, target);
    boolean granted =
        grants.getOrDefault(namespace, List.of()).stream()
            .flatMap(grant -> grant.from().stream())
            .anyMatch(
                grantee ->
                    grantee.namespace().equals(own)
                        && (grantee.kinds().isEmpty()
                            || grantee.kinds().contains(policy.key().kind())));
    return own.equals(namespace) || granted
        ? Optional.empty()
        : Optional.of(
            "namespace '"
                + namespace
                + "' has no PolicyGrant that lets "
                + policy.key().kind()
                + " of namespace '"
                + own
                + "' target it");
  }

  private static String namespaceOf(Policy<?> policy, TargetRef target) {
    String own = policy.key().namespace();
    String namespace = target.namespace();
    String name = target.name();
    return switch (target.kind()) {
      case SERVICE -> namespace == null ? own : namespace;
      case NAMESPACE -> name == null ? own : name;
      case MESH -> own;
    };
  }

  /** What enters the policy into the tables; empty if the target does not exist. */
  private Optional<Runnable> resolve(Policy<?> policy, PolicyKind<?> kind, TargetRef target) {
    String namespace = namespaceOf(policy, target);
    return switch (target.kind()) {
      case MESH -> Optional.of(() -> enterMesh(new Targeting(policy, kind, Level.MESH, null)));
      case NAMESPACE ->
          directory.hasNamespace(namespace)
                  || Targeting.direction(kind, policy) == Direction.WORKLOAD
              ? Optional.of(
                  () ->
                      enterNamespace(namespace, new Targeting(policy, kind, Level.NAMESPACE, null)))
              : Optional.empty();
      case SERVICE -> {
        String name = target.name();
        Integer port = target.port();
        Optional<Service> service =
            name == null ? Optional.empty() : directory.find(namespace, name);
        if (Targeting.direction(kind, policy) == Direction.WORKLOAD) {
          yield workload(policy, kind, namespace, name, service);
        }
        yield service
            .filter(found -> port == null || found.port(port).isPresent())
            .map(
                found ->
                    () ->
                        enterService(
                            found.id(),
                            new Targeting(
                                policy, kind, port == null ? Level.SERVICE : Level.PORT, port)));
      }
    };
  }

  /** A workload that only calls is known by its name alone. */
  private Optional<Runnable> workload(
      Policy<?> policy,
      PolicyKind<?> kind,
      String namespace,
      @Nullable String name,
      Optional<Service> registered) {
    return registered
        .map(Service::id)
        .or(
            () ->
                ServiceId.isLabel(namespace) && name != null && ServiceId.isLabel(name)
                    ? Optional.of(new ServiceId(namespace, name))
                    : Optional.empty())
        .map(id -> () -> enterService(id, new Targeting(policy, kind, Level.SERVICE, null)));
  }

  private static String describe(Policy<?> policy, TargetRef target) {
    String namespace = namespaceOf(policy, target);
    return switch (target.kind()) {
      case MESH -> "mesh";
      case NAMESPACE -> "service in namespace '" + namespace + "'";
      case SERVICE ->
          "service '"
              + target.name()
              + "' in namespace '"
              + namespace
              + "'"
              + (target.port() == null ? "" : " with port " + target.port());
    };
  }
}
