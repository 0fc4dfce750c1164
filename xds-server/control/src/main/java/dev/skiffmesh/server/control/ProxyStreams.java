package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.delivery.StreamId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The live streams, found by their proxy and by their service without a walk over all. Confined to
 * the control thread.
 */
final class ProxyStreams {

  private final SortedMap<StreamId, ProxyStream> all = new TreeMap<>();
  private final Map<String, SortedMap<StreamId, ProxyStream>> byProxy = new HashMap<>();
  private final Map<ServiceId, SortedMap<StreamId, ProxyStream>> byService = new HashMap<>();

  void add(ProxyStream stream) {
    all.put(stream.id, stream);
    byProxy.computeIfAbsent(stream.identity.id(), _ -> new TreeMap<>()).put(stream.id, stream);
    byService
        .computeIfAbsent(stream.workload.service(), _ -> new TreeMap<>())
        .put(stream.id, stream);
  }

  /** Returns the stream that is gone now; null if it already was. */
  @Nullable ProxyStream remove(StreamId id) {
    ProxyStream stream = all.remove(id);
    if (stream != null) {
      drop(byProxy, stream.identity.id(), id);
      drop(byService, stream.workload.service(), id);
    }
    return stream;
  }

  private static <K> void drop(Map<K, SortedMap<StreamId, ProxyStream>> index, K key, StreamId id) {
    index.computeIfPresent(
        key,
        (_, streams) -> {
          streams.remove(id);
          return streams.isEmpty() ? null : streams;
        });
  }

  /** Null if it is not live. */
  @Nullable ProxyStream get(StreamId id) {
    return all.get(id);
  }

  // A stream is itself alone.
  @SuppressWarnings("ReferenceEquality")
  boolean isLive(ProxyStream stream) {
    return all.get(stream.id) == stream;
  }

  /** All of them, the oldest first. */
  Collection<ProxyStream> all() {
    return Collections.unmodifiableCollection(all.values());
  }

  /** Those of one proxy by its node id, the oldest first. */
  List<ProxyStream> ofProxy(String id) {
    return List.copyOf(byProxy.getOrDefault(id, new TreeMap<>()).values());
  }

  /** Those of all workloads of one service, the oldest first. */
  List<ProxyStream> ofService(ServiceId service) {
    return List.copyOf(byService.getOrDefault(service, new TreeMap<>()).values());
  }
}
