package dev.skiffmesh.translator.envoy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.evaluate.EffectLedger;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.plan.HostOwners;
import dev.skiffmesh.translator.plan.OutboundPlan;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * A whole plan rendered in one form. Made from the one before, at the cost of the services that
 * changed: a cluster may be named by several services, so that each counts its users.
 *
 * @param namespace of the callers whom it is for; empty for those of a namespace without services
 * @param plan what was rendered
 * @param byService each service's part
 * @param resources all resources, by kind and name
 * @param users how many services' parts hold a resource, by kind and name
 * @param assignments the names of all assignments that the clusters ask for
 * @param assignmentUsers how many clusters ask for each of them
 * @param remarks what is to be said of it
 */
record RenderedMesh(
    String namespace,
    OutboundPlan plan,
    TreePMap<ServiceId, Part> byService,
    TreePMap<ResourceKind, TreePMap<String, Resource>> resources,
    TreePMap<ResourceKind, TreePMap<String, Integer>> users,
    TreePSet<String> assignments,
    TreePMap<String, Integer> assignmentUsers,
    Remarks remarks) {

  /** Whom no service's own namespace is. */
  private static final String NOWHERE = "";

  private static final RenderedMesh NOTHING =
      new RenderedMesh(
          NOWHERE,
          OutboundPlan.ofAll(TreePMap.empty(), new TreeMap<>(), HostOwners.NONE, new TreeMap<>()),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePSet.empty(),
          TreePMap.empty(),
          Remarks.NOTHING);

  /** One service's plan and what became of it; one object for all meshes that have it. */
  record Part(ServicePlan plan, Rendering rendering) {

    static Part of(ServicePlan plan, Rendering.Form form, ResourceGate gate) {
      return new Part(plan, Rendering.of(plan, form, gate));
    }
  }

  /**
   * What is to be said of all parts together; gathered once, since every proxy is told.
   *
   * @param findings of plans and renderings
   * @param lacking see {@link Rendering#lacking()}
   * @param destinations see {@link Rendering#destinations()}
   * @param runtimeKeys of all plans
   */
  record Remarks(
      List<Finding> findings,
      SortedMap<DocumentKey, Set<Lack>> lacking,
      SortedMap<DocumentKey, SortedSet<String>> destinations,
      List<RuntimeKey> runtimeKeys) {

    private static final Remarks NOTHING =
        new Remarks(List.of(), new TreeMap<>(), new TreeMap<>(), List.of());

    private static Remarks of(Collection<Part> parts) {
      List<Finding> findings = new ArrayList<>();
      SortedMap<DocumentKey, Set<Lack>> lacking = new TreeMap<>();
      SortedMap<DocumentKey, SortedSet<String>> destinations = new TreeMap<>();
      List<RuntimeKey> runtimeKeys = new ArrayList<>();
      for (Part part : parts) {
        runtimeKeys.addAll(part.plan.runtimeKeys());
        findings.addAll(part.plan.findings());
        findings.addAll(part.rendering.findings());
        part.rendering
            .lacking()
            .forEach(
                (policy, what) ->
                    lacking.computeIfAbsent(policy, key -> new LinkedHashSet<>()).addAll(what));
        part.rendering
            .destinations()
            .forEach((policy, some) -> destinations.merge(policy, some, Remarks::together));
      }
      return new Remarks(
          List.copyOf(findings),
          Collections.unmodifiableSortedMap(lacking),
          Collections.unmodifiableSortedMap(destinations),
          List.copyOf(runtimeKeys));
    }

    private static SortedSet<String> together(SortedSet<String> some, SortedSet<String> others) {
      SortedSet<String> all = new TreeSet<>(some);
      all.addAll(others);
      return all;
    }
  }

  /**
   * Renders {@code plan}, starting from what was rendered before, if anything was.
   *
   * @param parts renders a service's plan, or has done so before
   */
  static RenderedMesh of(
      OutboundPlan plan, Function<ServicePlan, Part> parts, @Nullable RenderedMesh before) {
    RenderedMesh mesh = before == null ? NOTHING : before;
    for (ServiceId known : mesh.byService.keySet()) {
      if (!plan.services().containsKey(known)) {
        mesh = mesh.without(known);
      }
    }
    for (Map.Entry<ServiceId, ServicePlan> service : plan.services().entrySet()) {
      Part part = mesh.byService.get(service.getKey());
      // An unchanged plan is the same object: comparing more would cost as much as rendering.
      if (part == null || !isSame(part.plan, service.getValue())) {
        mesh =
            mesh.without(service.getKey()).with(service.getKey(), parts.apply(service.getValue()));
      }
    }
    return mesh.madeOf(plan);
  }

  /** The same with the plans that a kind of callers has of its own, at the cost of these. */
  RenderedMesh with(OutboundPlan laidOver, Function<ServicePlan, Part> parts) {
    RenderedMesh mesh = this;
    for (Map.Entry<ServiceId, ServicePlan> own : laidOver.own().entrySet()) {
      mesh = mesh.without(own.getKey()).with(own.getKey(), parts.apply(own.getValue()));
    }
    return mesh.madeOf(laidOver);
  }

  private RenderedMesh madeOf(OutboundPlan whole) {
    return new RenderedMesh(
        namespace,
        whole,
        byService,
        resources,
        users,
        assignments,
        assignmentUsers,
        Remarks.of(byService.values()));
  }

  /**
   * The same as callers of a namespace see it, at the cost of those of its services that are called
   * otherwise from elsewhere.
   */
  RenderedMesh seenFrom(String callers) {
    var seen = resources;
    for (Map.Entry<ServiceId, Part> service :
        byService.tailMap(ServiceId.leastOf(callers)).entrySet()) {
      if (!service.getKey().namespace().equals(callers)) {
        break;
      }
      for (Resource resource : service.getValue().rendering.elsewhere()) {
        seen = seen.plus(resource.kind(), named(seen, resource).minus(resource.name()));
      }
      for (Resource resource : service.getValue().rendering.within()) {
        seen = seen.plus(resource.kind(), named(seen, resource).plus(resource.name(), resource));
      }
    }
    return new RenderedMesh(
        callers, plan, byService, seen, users, assignments, assignmentUsers, remarks);
  }

  private static TreePMap<String, Resource> named(
      TreePMap<ResourceKind, TreePMap<String, Resource>> all, Resource like) {
    return all.getOrDefault(like.kind(), TreePMap.empty());
  }

  /**
   * The part of this mesh that {@code services} make for callers of a namespace, starting from such
   * a part of an earlier mesh, if there is one: at the cost of what changed between the two and of
   * a look at each service.
   */
  RenderedMesh within(
      SortedSet<ServiceId> services, String callers, @Nullable RenderedMesh before) {
    RenderedMesh mesh = before == null ? NOTHING.seenFrom(callers) : before;
    for (ServiceId known : mesh.byService.keySet()) {
      if (!services.contains(known) || !byService.containsKey(known)) {
        mesh = mesh.without(known);
      }
    }
    EffectLedger effects = new EffectLedger();
    TreePMap<ServiceId, ServicePlan> plans = TreePMap.empty();
    for (ServiceId service : services) {
      Part part = byService.get(service);
      if (part == null) {
        continue;
      }
      Part known = mesh.byService.get(service);
      if (known == null || !isSame(known.plan, part.plan)) {
        mesh = mesh.without(service).with(service, part);
      }
      plans = plans.plus(service, part.plan);
      effects.add(part.plan.effects());
    }
    effects.add(plan.triedOut());
    return mesh.madeOf(plan.within(plans, effects.effects()));
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(ServicePlan left, ServicePlan right) {
    return left == right;
  }

  /** The resources of a kind, by name. */
  TreePMap<String, Resource> of(ResourceKind kind) {
    // Asked for each name that a proxy knows, so that even an empty map is one too many.
    TreePMap<String, Resource> known = resources.get(kind);
    return known == null ? TreePMap.empty() : known;
  }

  private List<Resource> resources(ServiceId service, Part part) {
    Rendering rendering = part.rendering;
    List<Resource> some =
        service.namespace().equals(namespace) ? rendering.within() : rendering.elsewhere();
    if (some.isEmpty()) {
      return rendering.resources();
    }
    List<Resource> all = new ArrayList<>(rendering.resources());
    all.addAll(some);
    return all;
  }

  private RenderedMesh with(ServiceId service, Part part) {
    var newResources = resources;
    var newUsers = users;
    for (Resource resource : resources(service, part)) {
      ResourceKind kind = resource.kind();
      TreePMap<String, Integer> counts = newUsers.getOrDefault(kind, TreePMap.empty());
      newUsers =
          newUsers.plus(
              kind, counts.plus(resource.name(), counts.getOrDefault(resource.name(), 0) + 1));
      newResources =
          newResources.plus(
              kind,
              newResources.getOrDefault(kind, TreePMap.empty()).plus(resource.name(), resource));
    }
    var newAssignments = assignments;
    var newAssignmentUsers = assignmentUsers;
    for (String assignment : part.rendering.assignments().values()) {
      newAssignments = newAssignments.plus(assignment);
      newAssignmentUsers =
          newAssignmentUsers.plus(assignment, newAssignmentUsers.getOrDefault(assignment, 0) + 1);
    }
    return new RenderedMesh(
        namespace,
        plan,
        byService.plus(service, part),
        newResources,
        newUsers,
        newAssignments,
        newAssignmentUsers,
        Remarks.NOTHING);
  }

  private RenderedMesh without(ServiceId service) {
    Part part = byService.get(service);
    if (part == null) {
      return this;
    }
    var newResources = resources;
    var newUsers = users;
    for (Resource resource : resources(service, part)) {
      ResourceKind kind = resource.kind();
      TreePMap<String, Integer> counts = newUsers.getOrDefault(kind, TreePMap.empty());
      int left = counts.getOrDefault(resource.name(), 1) - 1;
      if (left > 0) {
        newUsers = newUsers.plus(kind, counts.plus(resource.name(), left));
      } else {
        newUsers = newUsers.plus(kind, counts.minus(resource.name()));
        newResources =
            newResources.plus(
                kind, newResources.getOrDefault(kind, TreePMap.empty()).minus(resource.name()));
      }
    }
    var newAssignments = assignments;
    var newAssignmentUsers = assignmentUsers;
    for (String assignment : part.rendering.assignments().values()) {
      int left = newAssignmentUsers.getOrDefault(assignment, 1) - 1;
      newAssignmentUsers =
          left > 0
              ? newAssignmentUsers.plus(assignment, left)
              : newAssignmentUsers.minus(assignment);
      newAssignments = left > 0 ? newAssignments : newAssignments.minus(assignment);
    }
    return new RenderedMesh(
        namespace,
        plan,
        byService.minus(service),
        newResources,
        newUsers,
        newAssignments,
        newAssignmentUsers,
        Remarks.NOTHING);
  }
}
