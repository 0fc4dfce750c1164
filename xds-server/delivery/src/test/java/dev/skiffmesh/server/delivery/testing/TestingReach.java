package dev.skiffmesh.server.delivery.testing;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A mesh that may be asked for.
 *
 * @param whole all of it
 * @param hosts other names of its virtual hosts
 */
public record TestingReach(TestingSnapshot whole, SortedMap<String, String> hosts)
    implements Reach {

  @Override
  public Optional<String> virtualHost(String asked) {
    String host = hosts.getOrDefault(asked, asked);
    return has(ResourceKind.VIRTUAL_HOST, host) ? Optional.of(host) : Optional.empty();
  }

  @Override
  public boolean hasMore() {
    return true;
  }

  @Override
  public boolean has(ResourceKind kind, String name) {
    return kind.equals(ResourceKind.ENDPOINT)
        ? whole.assignments().containsKey(name)
        : whole.byKind().containsKey(kind) && whole.byKind().get(kind).containsKey(name);
  }

  /** Each virtual host and each cluster is a service of its own. */
  @Override
  public Optional<ServiceId> service(ResourceKind kind, String name) {
    boolean there =
        kind.equals(ResourceKind.VIRTUAL_HOST) ? virtualHost(name).isPresent() : has(kind, name);
    return there ? Optional.of(new ServiceId("trading", "any")) : Optional.empty();
  }
}
