package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Backend;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Pod;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Slice;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.WeakHashMap;

/** The pods of a cluster, their labels, and whose slices name them. Confined to one thread. */
final class PodTable {

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

  /** By namespace and name; pods of one controller share their labels. */
  private final Map<String, Map<String, SortedMap<String, String>>> pods = new HashMap<>();

  /** Forgets what no pod has any more: each run of a job has labels of its own. */
  private final Map<SortedMap<String, String>, WeakReference<SortedMap<String, String>>> labels =
      new WeakHashMap<>();

  /** Whose slices name a pod, by namespace and name of the pod, which may not have come yet. */
  private final Map<String, Map<String, Set<ServiceId>>> served = new HashMap<>();

  /** All that are known. */
  List<Pod> all() {
    List<Pod> all = new ArrayList<>();
    pods.forEach((in, names) -> names.forEach((name, found) -> all.add(new Pod(in, name, found))));
    return all;
  }

  /** The labels of a pod; none if it is not known. */
  SortedMap<String, String> labels(String namespace, String pod) {
    return pods.getOrDefault(namespace, Map.of()).getOrDefault(pod, NO_LABELS);
  }

  /**
   * The pod is there in this form.
   *
   * @return the services to which that is news
   */
  Set<ServiceId> put(Pod pod) {
    SortedMap<String, String> own = new TreeMap<>(pod.labels());
    own.keySet().removeAll(CONTROL_LABELS);
    SortedMap<String, String> shared = shared(own);
    SortedMap<String, String> before =
        pods.computeIfAbsent(pod.namespace(), _ -> new HashMap<>()).put(pod.name(), shared);
    return shared.equals(before)
        ? Set.of()
        : served.getOrDefault(pod.namespace(), Map.of()).getOrDefault(pod.name(), Set.of());
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

  /** The pod is gone. */
  void remove(Pod pod) {
    Map<String, SortedMap<String, String>> in = pods.get(pod.namespace());
    if (in != null) {
      in.remove(pod.name());
    }
  }

  /** A service's slice names pods. */
  void joined(ServiceId service, Slice slice) {
    for (Backend backend : slice.backends()) {
      if (!backend.pod().isEmpty()) {
        served
            .computeIfAbsent(slice.namespace(), _ -> new HashMap<>())
            .computeIfAbsent(backend.pod(), _ -> new HashSet<>(2))
            .add(service);
      }
    }
  }

  /**
   * A service's slice is gone, or has become another one.
   *
   * @param others those that the service has now
   */
  void left(ServiceId service, Slice slice, Collection<Slice> others) {
    Set<String> stays = new HashSet<>();
    others.forEach(other -> other.backends().forEach(backend -> stays.add(backend.pod())));
    Map<String, Set<ServiceId>> in = served.getOrDefault(slice.namespace(), new HashMap<>());
    for (Backend backend : slice.backends()) {
      Set<ServiceId> of = in.get(backend.pod());
      if (of != null && !stays.contains(backend.pod())) {
        of.remove(service);
        if (of.isEmpty()) {
          in.remove(backend.pod());
        }
      }
    }
  }
}
