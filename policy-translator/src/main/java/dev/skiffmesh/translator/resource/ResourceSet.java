package dev.skiffmesh.translator.resource;

import dev.skiffmesh.api.model.Immutable;
import java.util.SortedMap;
import org.pcollections.TreePMap;

/**
 * Everything that one proxy is to have, except assignments, which are shared by all proxies.
 *
 * @param byKind name to resource, for each kind that has any
 */
public record ResourceSet(SortedMap<ResourceKind, TreePMap<String, Resource>> byKind) {

  /** Nothing. */
  public static final ResourceSet EMPTY = new ResourceSet(Immutable.sortedMap(java.util.Map.of()));

  /** Copies the outer map. */
  public ResourceSet {
    byKind = Immutable.sortedMap(byKind);
  }

  /** The resources of {@code kind} by name; empty if there is none. */
  public TreePMap<String, Resource> of(ResourceKind kind) {
    TreePMap<String, Resource> resources = byKind.get(kind);
    return resources == null ? TreePMap.empty() : resources;
  }
}
