package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Namespace;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Node;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Pod;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Slice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of a cluster's objects, and what of it has changed since it was told. A change
 * costs what it touches. Confined to one thread.
 */
final class ClusterTables implements ServiceMapper.Surroundings {

  private static final SortedMap<String, String> NO_LABELS = Immutable.sortedMap(Map.of());

  private final ClusterTouched touched = new ClusterTouched();

  private final Map<String, Namespace> namespaces = new HashMap<>();
  private final Map<String, Node> nodes = new HashMap<>();
  private final SortedMap<String, SortedMap<String, ClusterObject.Service>> services =
      new TreeMap<>();
  private final Map<ServiceId, SortedMap<String, Slice>> slices = new HashMap<>();

  /** Whose a slice is, by its namespace and name: people may label it otherwise. */
  private final Map<String, String> owners = new HashMap<>();

  /** Slices of what cannot be a service's name, by namespace and name. */
  private final SortedMap<String, SortedMap<String, Slice>> misnamed = new TreeMap<>();

  private final PodTable pods = new PodTable();

  /** What is wrong with a namespace's objects, by what they are called. */
  private final SortedMap<String, SortedMap<String, List<Finding>>> faults = new TreeMap<>();

  /** What cannot be read and the server's words, by namespace; empty for all namespaces. */
  private final SortedMap<String, SortedMap<Kind, String>> forbidden = new TreeMap<>();

  /** What is to be told anew; cleared by whoever has told it. */
  ClusterTouched touched() {
    return touched;
  }

  /** The services of one namespace by their names. */
  SortedMap<String, ClusterObject.Service> services(String namespace) {
    return Collections.unmodifiableSortedMap(services.getOrDefault(namespace, new TreeMap<>()));
  }

  /** The slices of one service. */
  Collection<Slice> slices(ServiceId service) {
    return Collections.unmodifiableCollection(
        slices.getOrDefault(service, new TreeMap<>()).values());
  }

  /** The labels of a namespace; none if it is not known. */
  SortedMap<String, String> labels(String namespace) {
    Namespace known = namespaces.get(namespace);
    return known == null ? NO_LABELS : known.labels();
  }

  /** What cannot be read of one namespace, and the server's words; of all as the empty one. */
  SortedMap<Kind, String> forbidden(String namespace) {
    return Collections.unmodifiableSortedMap(forbidden.getOrDefault(namespace, new TreeMap<>()));
  }

  /** What is wrong with the objects of a namespace. */
  List<Finding> faults(String namespace) {
    return faults.getOrDefault(namespace, new TreeMap<>()).values().stream()
        .flatMap(List::stream)
        .toList();
  }

  /**
   * All objects of a kind.
   *
   * @param namespace those of this one alone; empty for all
   */
  void replaced(Kind kind, String namespace, Collection<ClusterObject> objects) {
    allowed(kind, namespace);
    Set<String> there = new HashSet<>();
    for (ClusterObject object : objects) {
      there.add(key(object));
      put(object);
    }
    for (ClusterObject known : known(kind, namespace)) {
      if (!there.contains(key(known))) {
        remove(known);
      }
    }
    if (kind == Kind.SERVICES && !namespace.isEmpty()) {
      // Told also if there is nothing in it.
      touched.portions().add(namespace);
    }
  }

  private void allowed(Kind kind, String namespace) {
    SortedMap<Kind, String> of = forbidden.get(namespace);
    if (of != null && of.remove(kind) != null) {
      touched.portions().add(namespace);
      if (of.isEmpty()) {
        forbidden.remove(namespace);
      }
      if (kind == Kind.PODS) {
        // Nobody waited for pods that could not come.
        slices.keySet().stream()
            .filter(service -> namespace.isEmpty() || service.namespace().equals(namespace))
            .forEach(service -> touched.endpoints().add(service));
      }
    }
  }

  /** A kind cannot be read; what is known of it stays. */
  void forbidden(Kind kind, String namespace, String words) {
    String before = forbidden.computeIfAbsent(namespace, _ -> new TreeMap<>()).put(kind, words);
    if (!words.equals(before)) {
      touched.portions().add(namespace);
    }
  }

  private List<ClusterObject> known(Kind kind, String namespace) {
    List<ClusterObject> known = new ArrayList<>();
    switch (kind) {
      case NAMESPACES -> known.addAll(namespaces.values());
      case NODES -> known.addAll(nodes.values());
      case PODS -> known.addAll(pods.all());
      case SERVICES -> services.values().forEach(in -> known.addAll(in.values()));
      case ENDPOINTSLICES -> {
        slices.values().forEach(of -> known.addAll(of.values()));
        misnamed.values().forEach(of -> known.addAll(of.values()));
      }
    }
    if (!namespace.isEmpty()) {
      known.removeIf(object -> !object.namespace().equals(namespace));
    }
    return known;
  }

  /** An object is there in this form. */
  void put(ClusterObject object) {
    switch (object) {
      case Namespace namespace -> {
        if (!namespace.equals(namespaces.put(namespace.name(), namespace))) {
          retold(namespace.name());
        }
      }
      case Node node -> {
        if (!node.equals(nodes.put(node.name(), node))) {
          moved(node.name());
        }
      }
      case Pod pod -> touched.endpoints().addAll(pods.put(pod));
      case ClusterObject.Service service -> {
        ClusterObject.Service before =
            services
                .computeIfAbsent(service.namespace(), _ -> new TreeMap<>())
                .put(service.name(), service);
        if (!service.equals(before)) {
          touched.services().add(id(service));
          touched.endpoints().add(id(service));
          fault(service.namespace(), "Service " + key(service), ClusterFindings.of(service));
        }
      }
      case Slice slice -> put(slice);
    }
  }

  private void put(Slice slice) {
    String owner = slice.service();
    String before = owner.isEmpty() ? owners.remove(key(slice)) : owners.put(key(slice), owner);
    if (before != null && !before.equals(owner)) {
      drop(slice, before);
    }
    if (ServiceId.isLabel(owner)) {
      putOwned(slice);
    } else if (!owner.isEmpty()) {
      misnamed.computeIfAbsent(slice.namespace(), _ -> new TreeMap<>()).put(slice.name(), slice);
    }
    if (!owner.isEmpty()) {
      fault(slice);
    }
  }

  private void fault(Slice slice) {
    fault(
        slice.namespace(),
        "EndpointSlice " + key(slice),
        ClusterFindings.fault(slice).stream().toList());
  }

  private void fault(String namespace, String subject, List<Finding> found) {
    SortedMap<String, List<Finding>> of = faults.computeIfAbsent(namespace, _ -> new TreeMap<>());
    List<Finding> before = found.isEmpty() ? of.remove(subject) : of.put(subject, found);
    if (!found.equals(before == null ? List.of() : before)) {
      touched.findings().add(namespace);
    }
    if (of.isEmpty()) {
      faults.remove(namespace);
    }
  }

  private void putOwned(Slice slice) {
    ServiceId service = serviceOf(slice);
    Slice before = slices.computeIfAbsent(service, _ -> new TreeMap<>()).put(slice.name(), slice);
    if (!slice.equals(before)) {
      touched.endpoints().add(service);
      pods.joined(service, slice);
      if (before != null) {
        pods.left(service, before, slices(service));
      }
    }
  }

  /** An object is gone; nothing happens if it is not known. */
  void remove(ClusterObject object) {
    switch (object) {
      case Namespace namespace -> {
        namespaces.remove(namespace.name());
        retold(namespace.name());
      }
      case Node node -> nodes.remove(node.name());
      // Its slices say when it takes no calls any more; its labels count until then.
      case Pod pod -> pods.remove(pod);
      case ClusterObject.Service service -> {
        SortedMap<String, ClusterObject.Service> in = services.get(service.namespace());
        if (in != null && in.remove(service.name()) != null) {
          touched.services().add(id(service));
          fault(service.namespace(), "Service " + key(service), List.of());
        }
      }
      case Slice slice -> {
        String owner = owners.remove(key(slice));
        if (owner != null) {
          drop(slice, owner);
        }
      }
    }
  }

  /** A slice is its owner's no more. */
  private void drop(Slice slice, String owner) {
    fault(slice.namespace(), "EndpointSlice " + key(slice), List.of());
    if (!ServiceId.isLabel(owner)) {
      misnamed.getOrDefault(slice.namespace(), new TreeMap<>()).remove(slice.name());
      return;
    }
    ServiceId service = new ServiceId(slice.namespace(), owner);
    SortedMap<String, Slice> of = slices.getOrDefault(service, new TreeMap<>());
    Slice before = of.remove(slice.name());
    if (before != null) {
      touched.endpoints().add(service);
      pods.left(service, before, of.values());
      if (of.isEmpty()) {
        slices.remove(service);
      }
    }
  }

  /** Everything in a namespace is looked at anew. */
  private void retold(String namespace) {
    touched.portions().add(namespace);
    services
        .getOrDefault(namespace, new TreeMap<>())
        .values()
        .forEach(service -> touched.endpoints().add(id(service)));
  }

  /** A machine was labelled otherwise: rare, so that all slices are looked at. */
  private void moved(String node) {
    slices.forEach(
        (service, of) -> {
          if (of.values().stream()
              .flatMap(slice -> slice.backends().stream())
              .anyMatch(backend -> backend.node().equals(node))) {
            touched.endpoints().add(service);
          }
        });
  }

  @Override
  public SortedMap<String, String> labels(String namespace, String pod) {
    return pods.labels(namespace, pod);
  }

  @Override
  public Optional<Node> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  private static String key(ClusterObject object) {
    return object.namespace() + "/" + object.name();
  }

  private static ServiceId id(ClusterObject.Service service) {
    return new ServiceId(service.namespace(), service.name());
  }

  private static ServiceId serviceOf(Slice slice) {
    return new ServiceId(slice.namespace(), slice.service());
  }
}
