package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.Acceptance;
import dev.skiffmesh.translator.plan.HostOwners;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.ServiceRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * A world's services and policies with their targets and hosts found. Immutable after construction;
 * endpoints play no part, but for those from whose number something follows that a policy says.
 */
public final class EffectiveMesh {

  /** No service has this name. */
  private static final String ANY = "";

  private record Limited(DocumentKey policy, CallerRef caller) {}

  private final TreePMap<ServiceId, Service> services;
  private final TreePMap<ServiceId, EndpointSet> endpoints;
  private final ServiceDirectory directory;
  private final HostTable hosts;
  private final Targets targets;

  /** Policies for some callers only, by the caller's name in lower case, or {@link #ANY}. */
  private final Map<String, List<Limited>> limited = new HashMap<>();

  private final List<DocumentKey> shadows = new ArrayList<>();

  /** Finds everything, in time linear in services and policies. */
  public EffectiveMesh(World world, List<PolicyKind<?>> kinds, String rootNamespace) {
    this.services = world.services();
    this.endpoints = world.endpoints();
    this.directory = new ServiceDirectory(services);
    this.hosts = new HostTable(services.values());
    Map<String, PolicyKind<?>> byName = new HashMap<>();
    kinds.forEach(kind -> byName.put(kind.descriptor().kind(), kind));
    this.targets = new Targets(directory, world.policies().values(), byName, rootNamespace);
    for (Policy<?> policy : world.policies().values()) {
      if (policy.isShadow()) {
        shadows.add(policy.key());
      } else if (isEnforcedBySomeCallers(policy, byName.get(policy.key().kind()))) {
        for (CallerRef caller : policy.spec().callers()) {
          String name = caller.service();
          limited
              .computeIfAbsent(
                  name == null ? ANY : name.toLowerCase(Locale.ROOT), key -> new ArrayList<>())
              .add(new Limited(policy.key(), caller));
        }
      }
    }
  }

  /** Of a callee's or a workload's own policy a caller's plan knows nothing. */
  private boolean isEnforcedBySomeCallers(Policy<?> policy, @Nullable PolicyKind<?> kind) {
    Acceptance acceptance = targets.acceptances().get(policy.key());
    return kind != null
        && Targeting.direction(kind, policy) == Direction.OUTBOUND
        && acceptance != null
        && acceptance.accepted()
        && !policy.spec().callers().isEmpty();
  }

  /** Of every policy. */
  public SortedMap<DocumentKey, Acceptance> acceptances() {
    return targets.acceptances();
  }

  /** About policies and services together. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>(hosts.findings());
    findings.addAll(targets.findings());
    return findings;
  }

  /** All services. */
  TreePMap<ServiceId, Service> services() {
    return services;
  }

  /** Policies that are only tried out. */
  List<DocumentKey> shadows() {
    return shadows;
  }

  /** Who answers to which host. */
  HostOwners hosts() {
    return hosts;
  }

  /**
   * {@code services} with those that callers of a namespace mean by the same names now. A workload
   * that calls {@code pay} is sent its namespace's own one as soon as there is one, and the other
   * one in its place when that leaves, before the name moves from one to the other.
   */
  public SortedSet<ServiceId> withNamesakes(SortedSet<ServiceId> services, String namespace) {
    NavigableSet<ServiceId> all = new TreeSet<>(services);
    for (ServiceId service : services) {
      for (String name : hosts.contested(service)) {
        hosts.ownerOf(name, namespace).ifPresent(owner -> all.add(owner));
      }
    }
    return all;
  }

  /** The service that documents call so. */
  Optional<Service> find(String namespace, String name) {
    return directory.find(namespace, name);
  }

  /** All services of a namespace. */
  List<ServiceId> servicesOf(String namespace) {
    return directory.servicesOf(namespace);
  }

  /** The policies about a workload's own proxies, the most specific first. */
  List<Targeting> workloadTargetings(ServiceId workload) {
    return targets.of(workload).stream()
        .filter(targeting -> targeting.direction() == Direction.WORKLOAD)
        .toList();
  }

  /** What kind of caller that is: those policies for some callers only that concern it. */
  SortedSet<DocumentKey> callerKind(Workload caller) {
    SortedSet<DocumentKey> concerning = new TreeSet<>();
    for (String name : namesOf(caller.service())) {
      for (Limited candidate : limited.getOrDefault(name, List.of())) {
        if (concerns(candidate.caller, caller)) {
          concerning.add(candidate.policy);
        }
      }
    }
    return concerning;
  }

  /** What a caller's service may be called in documents, and {@link #ANY}. */
  private List<String> namesOf(ServiceId id) {
    List<String> names = new ArrayList<>(List.of(ANY, id.name().toLowerCase(Locale.ROOT)));
    Service service = services.get(id);
    if (service != null) {
      service.aliases().forEach(alias -> names.add(alias.toLowerCase(Locale.ROOT)));
    }
    return names;
  }

  /** The services that some of the policies for some callers only reach. */
  SortedSet<ServiceId> reachedBy(Set<DocumentKey> policies) {
    return targets.reachedBy(policies);
  }

  /** What a service's plan is made of, for that kind of caller. */
  ServiceInput input(Service service, Set<DocumentKey> callerKind) {
    ServiceInput.Reached own = reached(service, callerKind);
    SortedMap<ServiceId, ServiceInput.Reached> neighbours = new TreeMap<>();
    for (Service named : own.named().values()) {
      if (!named.id().equals(service.id())) {
        neighbours.computeIfAbsent(named.id(), id -> reached(named, callerKind));
      }
    }
    return new ServiceInput(
        own, hosts.of(service.id()), Collections.unmodifiableSortedMap(neighbours));
  }

  /** The endpoints from which numbers follow that policies say of a service; empty if none does. */
  Optional<EndpointSet> counted(ServiceId service) {
    return targets.of(service).stream().anyMatch(Targeting::isSized)
        ? Optional.of(endpoints.getOrDefault(service, EndpointSet.EMPTY))
        : Optional.empty();
  }

  /** What a service's own proxies do with calls that come in is made of this. */
  ServiceInput.Reached inbound(Service service) {
    return reached(service, targeting -> targeting.direction() == Direction.INBOUND);
  }

  private ServiceInput.Reached reached(Service service, Set<DocumentKey> callerKind) {
    return reached(
        service,
        targeting ->
            targeting.direction() == Direction.OUTBOUND
                && (targeting.policy().spec().callers().isEmpty()
                    || callerKind.contains(targeting.policy().key())));
  }

  private ServiceInput.Reached reached(Service service, Predicate<Targeting> taken) {
    List<Targeting> targetings = targets.of(service.id()).stream().filter(taken).toList();
    Map<ServiceRef, Service> named = new HashMap<>();
    for (Targeting targeting : targetings) {
      for (ServiceRef reference : references(targeting.kind(), targeting.policy())) {
        String given = reference.namespace();
        String namespace = given == null ? service.id().namespace() : given;
        directory
            .find(namespace, reference.name())
            .ifPresent(found -> named.put(new ServiceRef(namespace, reference.name()), found));
      }
    }
    boolean isSized = targetings.stream().anyMatch(Targeting::isSized);
    return new ServiceInput.Reached(
        service,
        targetings,
        Map.copyOf(named),
        isSized ? endpoints.getOrDefault(service.id(), EndpointSet.EMPTY) : null);
  }

  /** None if the kind fails; it is then asked again where its failure can be said. */
  private static <S extends PolicySpec> List<ServiceRef> references(
      PolicyKind<S> kind, Policy<?> policy) {
    try {
      return kind.references(kind.descriptor().spec().cast(policy.spec()));
    } catch (OutOfMemoryError exhausted) {
      throw exhausted;
    } catch (Throwable said) {
      return List.of();
    }
  }

  private boolean concerns(CallerRef ref, Workload caller) {
    String service = ref.service();
    String namespace = ref.namespace();
    return (namespace == null || namespace.equals(caller.service().namespace()))
        && (service == null || isCalled(caller.service(), service))
        && ref.labels().entrySet().stream()
            .allMatch(label -> label.getValue().equals(caller.labels().get(label.getKey())));
  }

  private boolean isCalled(ServiceId id, String name) {
    Service service = services.get(id);
    return id.name().equals(name)
        || (service != null
            && service.aliases().stream()
                .anyMatch(
                    alias -> alias.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))));
  }
}
