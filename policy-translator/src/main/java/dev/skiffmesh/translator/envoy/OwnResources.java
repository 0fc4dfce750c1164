package dev.skiffmesh.translator.envoy;

import com.google.protobuf.Message;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.translator.memo.StillHeld;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.pcollections.TreePMap;

/**
 * What follows from a proxy's identity alone, so that a refusal means a wrong identity.
 *
 * @param clusters of its application
 * @param listeners for its application's callers, and for the calls that its application makes
 */
record OwnResources(List<Resource> clusters, List<Resource> listeners) {

  /** Of who has no listeners of its own. */
  static final OwnResources NONE = new OwnResources(List.of(), List.of());

  private static OwnResources make(ProxyIdentity identity, Dialect.Envoy dialect) {
    List<Resource> clusters = new ArrayList<>();
    List<Resource> listeners = new ArrayList<>();
    for (ProxyPort port : identity.ports()) {
      clusters.add(
          pack(ResourceKind.CLUSTER, Clusters.applicationName(port), Clusters.ofApplication(port)));
      listeners.add(
          pack(
              ResourceKind.LISTENER,
              Listeners.inboundName(port),
              Listeners.inbound(identity, port)));
    }
    if (identity.egressPort() > 0) {
      String configuration =
          dialect.takesVirtualHosts() ? VirtualHosts.EGRESS : VirtualHosts.EGRESS_WHOLE;
      listeners.add(
          pack(
              ResourceKind.LISTENER,
              Listeners.EGRESS,
              Listeners.egress(identity, configuration, dialect.asksForVirtualHosts())));
    }
    return new OwnResources(List.copyOf(clusters), List.copyOf(listeners));
  }

  private static Resource pack(ResourceKind kind, String name, Message message) {
    return Resource.pack(kind, name, message, Provenance.NONE);
  }

  /** What was made before; thread-safe. */
  static final class Memory {

    /** As long as the proxy is connected, somebody holds its identity. */
    private final Map<ProxyIdentity, OwnResources> made =
        Collections.synchronizedMap(new WeakHashMap<>());

    private final StillHeld<Union, TreePMap<String, Resource>> unions = new StillHeld<>();

    /** Those of a proxy, made once. */
    OwnResources of(ProxyIdentity identity, Dialect.Envoy dialect) {
      OwnResources known = made.get(identity);
      if (known == null) {
        known = make(identity, dialect);
        made.put(identity, known);
      }
      return known;
    }

    /**
     * The mesh's clusters with a proxy's own; the same object for all proxies whose own clusters
     * have equal contents, so that what is found out about it is found out once for all of them.
     */
    synchronized TreePMap<String, Resource> among(
        TreePMap<String, Resource> mesh, List<Resource> own) {
      if (own.isEmpty()) {
        return mesh;
      }
      return unions.get(
          new Union(mesh, own),
          union -> {
            TreePMap<String, Resource> all = union.mesh;
            for (Resource one : union.own) {
              all = all.plus(one.name(), one);
            }
            return all;
          });
    }
  }

  /** Compares the mesh's part by identity: comparing contents is the work. */
  private record Union(TreePMap<String, Resource> mesh, List<Resource> own) {
    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(Object other) {
      return other instanceof Union union && union.mesh == mesh && union.own.equals(own);
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(mesh) + own.hashCode();
    }
  }
}
