package dev.skiffmesh.translator.envoy;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.plan.ServicePlan;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rendered mesh as far as it can be asked for.
 *
 * @param mesh all of it, as the callers' namespace sees it
 * @param hasMore whether it is more than the proxy is sent
 */
record MeshReach(RenderedMesh mesh, boolean hasMore) implements Reach {

  private static final String PREFIX = VirtualHosts.EGRESS + "/";

  /** A host with a port behind it; an IPv6 address has brackets. */
  private static final Pattern WITH_PORT = Pattern.compile("(.*[^:]):[0-9]+");

  @Override
  public Optional<String> virtualHost(String asked) {
    return mesh.of(ResourceKind.VIRTUAL_HOST).containsKey(asked)
        ? Optional.of(asked)
        : found(asked).map(Found::virtualHost);
  }

  @Override
  public boolean has(ResourceKind kind, String name) {
    return kind.equals(ResourceKind.ENDPOINT)
        ? mesh.assignments().contains(name)
        : mesh.of(kind).containsKey(name);
  }

  @Override
  public Optional<ServiceId> service(ResourceKind kind, String name) {
    if (kind.equals(ResourceKind.CLUSTER) || kind.equals(ResourceKind.ENDPOINT)) {
      // An assignment has the name of its cluster.
      return ClusterName.parse(name)
          .map(ClusterName::service)
          .filter(service -> mesh.byService().containsKey(service));
    }
    return kind.equals(ResourceKind.VIRTUAL_HOST)
        ? found(PortPlan.withoutVariant(name)).map(Found::service)
        : Optional.empty();
  }

  private record Found(ServiceId service, String virtualHost) {}

  private Optional<Found> found(String asked) {
    if (!asked.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String host = asked.substring(PREFIX.length());
    Matcher bare = WITH_PORT.matcher(host);
    return ownedBy(host, host)
        .or(() -> bare.matches() ? ownedBy(bare.group(1), host) : Optional.empty());
  }

  private Optional<Found> ownedBy(String owned, String host) {
    return mesh.plan()
        .hosts()
        .ownerOf(owned, mesh.namespace())
        .flatMap(owner -> ofService(owner, host));
  }

  private Optional<Found> ofService(ServiceId service, String host) {
    ServicePlan plan = mesh.plan().services().get(service);
    if (plan == null) {
      return Optional.empty();
    }
    boolean isWithin = service.namespace().equals(mesh.namespace());
    for (PortPlan port : plan.ports()) {
      String name = VirtualHosts.resourceName(port, isWithin);
      if (port.hosts().of(isWithin).contains(host)
          && mesh.of(ResourceKind.VIRTUAL_HOST).containsKey(name)) {
        return Optional.of(new Found(service, name));
      }
    }
    return Optional.empty();
  }
}
