package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import java.util.Optional;
import org.pcollections.TreePMap;

/**
 * Everything that one proxy is to have at one moment.
 *
 * @param resources its own part
 * @param assignments all assignments of the mesh by name; the same object for all proxies
 * @param reach what it may ask for beyond {@code resources}: the control loop is told of it and
 *     publishes a snapshot with it
 */
public record ProxySnapshot(
    ResourceSet resources, TreePMap<String, Resource> assignments, Reach reach) {

  /** The resource of that name, if the proxy is to have it. */
  public Optional<Resource> get(ResourceKind kind, String name) {
    TreePMap<String, Resource> known =
        kind.equals(ResourceKind.ENDPOINT) ? assignments : resources.of(kind);
    return Optional.ofNullable(known.get(name));
  }
}
