package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Namespace;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Node;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Pod;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Slice;
import java.lang.ref.WeakReference;
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
import java.util.WeakHashMap;
import java.util.stream.Stream;

/**
 * What is known of a cluster, and what of it is still to be told. Confined to one thread; has
 * neither threads nor a clock. A scope is a namespace.
 */
final class ClusterState implements ServiceMapper.Surroundings {

  private static final SortedMap<String, String> NO_LABELS = Immutable.sortedMap(Map.of());

  /** What controllers write on pods for themselves. */
  private static final Set<String> CONTROL_LABELS =
      Set.of(
          "pod-template-hash",
          "controller-revision-hash",
          "pod-template-generation",
          "statefulset.kubernetes.io/pod-name",
          "apps.kubernetes.io/pod-index",
          "batch.kubernetes.io/controller-uid",
          "controller-uid");

  /** The scope of what is wrong in all namespaces; none can be called so. */
  private static final String CLUSTER = "(cluster)";

  private final Selection selection;
  private final ServiceMapper mapper;

  private final Map<String, Namespace> namespaces = new HashMap<>();
  private final Map<String, Node> nodes = new HashMap<>();
  private final SortedMap<String, SortedMap<String, ClusterObject.Service>> services =
      new TreeMap<>();
  private final Map<ServiceId, SortedMap<String, Slice>> slices = new HashMap<>();

  /** Whose a slice is, by its namespace and name: people may label it otherwise. */
  private final Map<String, String> owners = new HashMap<>();

  /** Slices of what cannot be a service's name, by namespace and name. */
  private final SortedMap<String, SortedMap<String, Slice>> misnamed = new TreeMap<>();

  /** By namespace and name; pods of one controller share their labels. */
  private final Map<String, Map<String, SortedMap<String, String>>> pods = new HashMap<>();

  /** Forgets what no pod has any more: each run of a job has labels of its own. */
  private final Map<SortedMap<String, String>, WeakReference<SortedMap<String, String>>> labels =
      new WeakHashMap<>();

  /** Whose slices name a pod that has not been heard of, by namespace and name of the pod. */
  private final Map<String, Set<ServiceId>> awaited = new HashMap<>();

  /** What cannot be read and the server's words, by namespace; empty for all namespaces. */
  private final SortedMap<String, SortedMap<Kind, String>> forbidden = new TreeMap<>();

  private final SortedSet<String> changedScopes = new TreeSet<>();
  private final SortedSet<ServiceId> changedEndpoints = new TreeSet<>();
  private boolean wasTold;

  ClusterState(Selection selection, ServiceMapper mapper) {
    this.selection = selection;
    this.mapper = mapper;
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
      changedScopes.add(namespace);
    }
  }

  private void allowed(Kind kind, String namespace) {
    SortedMap<Kind, String> of = forbidden.get(namespace);
    if (of != null && of.remove(kind) != null) {
      changedScopes.add(namespace);
      if (of.isEmpty()) {
        forbidden.remove(namespace);
      }
      if (kind == Kind.PODS) {
        // Nobody waited for pods that could not come.
        slices.keySet().stream()
            .filter(service -> namespace.isEmpty() || service.namespace().equals(namespace))
            .forEach(service -> changedEndpoints.add(service));
      }
    }
  }

  /** A kind cannot be read; what is known of it stays. */
  void forbidden(Kind kind, String namespace, String words) {
    String before = forbidden.computeIfAbsent(namespace, _ -> new TreeMap<>()).put(kind, words);
    if (!words.equals(before)) {
      changedScopes.add(namespace);
    }
  }

  private boolean isForbidden(String namespace, Kind kind) {
    return forbidden.getOrDefault(namespace, new TreeMap<>()).containsKey(kind);
  }

  private List<ClusterObject> known(Kind kind, String namespace) {
    List<ClusterObject> known = new ArrayList<>();
    switch (kind) {
      case NAMESPACES -> known.addAll(namespaces.values());
      case NODES -> known.addAll(nodes.values());
      case PODS ->
          pods.forEach(
              (in, names) -> names.forEach((name, found) -> known.add(new Pod(in, name, found))));
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
          touched(namespace.name());
        }
      }
      case Node node -> {
        if (!node.equals(nodes.put(node.name(), node))) {
          moved(node.name());
        }
      }
      case Pod pod -> put(pod);
      case ClusterObject.Service service -> {
        ClusterObject.Service before =
            services
                .computeIfAbsent(service.namespace(), _ -> new TreeMap<>())
                .put(service.name(), service);
        if (!service.equals(before)) {
          changedScopes.add(service.namespace());
          changedEndpoints.add(id(service));
        }
      }
      case Slice slice -> put(slice);
    }
  }

  private void put(Pod pod) {
    SortedMap<String, String> own = new TreeMap<>(pod.labels());
    own.keySet().removeAll(CONTROL_LABELS);
    SortedMap<String, String> shared = shared(own);
    SortedMap<String, String> before =
        pods.computeIfAbsent(pod.namespace(), _ -> new HashMap<>()).put(pod.name(), shared);
    if (before == null) {
      Set<ServiceId> waiting = awaited.remove(pod.namespace() + "/" + pod.name());
      if (waiting != null) {
        changedEndpoints.addAll(waiting);
      }
    } else if (!before.equals(shared)) {
      slicesIn(pod.namespace())
          .filter(slice -> slice.backends().stream().anyMatch(b -> b.pod().equals(pod.name())))
          .forEach(slice -> changedEndpoints.add(serviceOf(slice)));
    }
  }

  private SortedMap<String, String> shared(SortedMap<String, String> own) {
    WeakReference<SortedMap<String, String>> known = labels.get(own);
    SortedMap<String, String> there = known == null ? null : known.get();
    if (there == null) {
      there = Immutable.sortedMap(own);
      labels.put(there, new WeakReference<>(there));
    }
    return there;
  }

  private void put(Slice slice) {
    String owner = slice.service();
    String before = owner.isEmpty() ? owners.remove(key(slice)) : owners.put(key(slice), owner);
    if (before != null && !before.equals(owner)) {
      drop(slice, before);
    }
    if (ServiceId.isLabel(owner)) {
      putOwned(slice);
    } else if (!owner.isEmpty()
        && !slice.equals(
            misnamed
                .computeIfAbsent(slice.namespace(), _ -> new TreeMap<>())
                .put(slice.name(), slice))) {
      changedScopes.add(slice.namespace());
    }
  }

  private void putOwned(Slice slice) {
    ServiceId service = serviceOf(slice);
    Slice before = slices.computeIfAbsent(service, _ -> new TreeMap<>()).put(slice.name(), slice);
    if (!slice.equals(before)) {
      changedEndpoints.add(service);
      if (ServiceMapper.fault(slice).isPresent()
          || (before != null && ServiceMapper.fault(before).isPresent())) {
        changedScopes.add(slice.namespace());
      }
    }
  }

  /** An object is gone; nothing happens if it is not known. */
  void remove(ClusterObject object) {
    switch (object) {
      case Namespace namespace -> {
        namespaces.remove(namespace.name());
        touched(namespace.name());
      }
      case Node node -> nodes.remove(node.name());
      case Pod pod -> {
        // Its slices say when it takes no calls any more; its labels count until then.
        Map<String, SortedMap<String, String>> in = pods.get(pod.namespace());
        if (in != null) {
          in.remove(pod.name());
        }
      }
      case ClusterObject.Service service -> {
        SortedMap<String, ClusterObject.Service> in = services.get(service.namespace());
        if (in != null && in.remove(service.name()) != null) {
          changedScopes.add(service.namespace());
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
    if (!ServiceId.isLabel(owner)) {
      misnamed.getOrDefault(slice.namespace(), new TreeMap<>()).remove(slice.name());
      changedScopes.add(slice.namespace());
      return;
    }
    ServiceId service = new ServiceId(slice.namespace(), owner);
    SortedMap<String, Slice> of = slices.getOrDefault(service, new TreeMap<>());
    Slice before = of.remove(slice.name());
    if (before != null) {
      changedEndpoints.add(service);
      if (ServiceMapper.fault(before).isPresent()) {
        changedScopes.add(slice.namespace());
      }
      if (of.isEmpty()) {
        slices.remove(service);
      }
    }
  }

  /** Everything in a namespace is looked at anew. */
  private void touched(String namespace) {
    changedScopes.add(namespace);
    services
        .getOrDefault(namespace, new TreeMap<>())
        .values()
        .forEach(service -> changedEndpoints.add(id(service)));
  }

  /** A machine was labelled otherwise: rare, so that all slices are looked at. */
  private void moved(String node) {
    slices.forEach(
        (service, of) -> {
          if (of.values().stream()
              .flatMap(slice -> slice.backends().stream())
              .anyMatch(backend -> backend.node().equals(node))) {
            changedEndpoints.add(service);
          }
        });
  }

  private Stream<Slice> slicesIn(String namespace) {
    return slices.entrySet().stream()
        .filter(of -> of.getKey().namespace().equals(namespace))
        .flatMap(of -> of.getValue().values().stream());
  }

  @Override
  public SortedMap<String, String> labels(String namespace, String pod) {
    return pods.getOrDefault(namespace, Map.of()).getOrDefault(pod, NO_LABELS);
  }

  @Override
  public Optional<Node> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** Whether anything was told. */
  boolean wasTold() {
    return wasTold;
  }

  /** Tells what has changed since the last time, what refers to others behind them. */
  void flush(Source.Sink sink) {
    wasTold = true;
    for (String scope : changedScopes) {
      tell(scope, sink);
    }
    changedScopes.clear();
    for (ServiceId id : changedEndpoints) {
      ClusterObject.Service service =
          services.getOrDefault(id.namespace(), new TreeMap<>()).get(id.name());
      if (service != null && isRead(id.namespace()) && mapper.service(service).isPresent()) {
        sink.accept(new SourceEvent.EndpointsReplaced(id, endpoints(id, service)));
      }
    }
    changedEndpoints.clear();
  }

  private EndpointSet endpoints(ServiceId id, ClusterObject.Service service) {
    Collection<Slice> of = slices.getOrDefault(id, new TreeMap<>()).values();
    for (Slice slice : of) {
      for (ClusterObject.Backend backend : slice.backends()) {
        if (!backend.pod().isEmpty()
            && !isForbidden("", Kind.PODS)
            && !isForbidden(id.namespace(), Kind.PODS)
            && !pods.getOrDefault(id.namespace(), Map.of()).containsKey(backend.pod())) {
          awaited
              .computeIfAbsent(id.namespace() + "/" + backend.pod(), _ -> new HashSet<>())
              .add(id);
        }
      }
    }
    return mapper.endpoints(service, of, this);
  }

  private boolean isRead(String namespace) {
    Namespace known = namespaces.get(namespace);
    return selection.accepts(namespace, known == null ? NO_LABELS : known.labels());
  }

  private void tell(String scope, Source.Sink sink) {
    List<Finding> findings = new ArrayList<>();
    forbidden
        .getOrDefault(scope, new TreeMap<>())
        .forEach((kind, words) -> findings.add(ClusterFindings.forbidden(scope, kind, words)));
    if (scope.isEmpty()) {
      sink.accept(new SourceEvent.ScopeFindings(CLUSTER, false, findings));
    } else if (isForbidden(scope, Kind.SERVICES) || isForbidden(scope, Kind.ENDPOINTSLICES)) {
      sink.accept(new SourceEvent.ScopeFindings(scope, true, findings));
    } else {
      SortedMap<ServiceId, Service> told = new TreeMap<>();
      if (isRead(scope)) {
        read(scope, told, findings);
      }
      sink.accept(new SourceEvent.ServicesReplaced(scope, told));
      sink.accept(new SourceEvent.ScopeFindings(scope, false, findings));
    }
  }

  private void read(String scope, SortedMap<ServiceId, Service> told, List<Finding> findings) {
    services
        .getOrDefault(scope, new TreeMap<>())
        .values()
        .forEach(
            service -> {
              findings.addAll(ClusterFindings.unknownProtocols(service));
              mapper
                  .service(service)
                  .ifPresentOrElse(
                      known -> told.put(known.id(), known),
                      () -> findings.add(ClusterFindings.notCallable(service)));
            });
    Stream.concat(slicesIn(scope), misnamed.getOrDefault(scope, new TreeMap<>()).values().stream())
        .forEach(slice -> ClusterFindings.fault(slice).ifPresent(findings::add));
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
