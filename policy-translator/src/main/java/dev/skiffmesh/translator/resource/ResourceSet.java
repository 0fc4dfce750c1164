package dev.skiffmesh.translator.resource;

import dev.skiffmesh.api.model.Immutable;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * Everything that one proxy is to have, except the assignments themselves, which are shared by all
 * proxies and follow the endpoints on a path of their own.
 *
 * @param byKind name to resource, for each kind that has any; never {@link ResourceKind#ENDPOINT}
 * @param assignmentNames the assignments that the clusters in {@code byKind} ask for
 */
public record ResourceSet(
    SortedMap<ResourceKind, TreePMap<String, Resource>> byKind, SortedSet<String> assignmentNames) {

  /** Nothing. */
  public static final ResourceSet EMPTY =
      new ResourceSet(Immutable.sortedMap(Map.of()), Immutable.sortedSet(Set.of()));

  /** Copies the outer collections, unless they are persistent ones that nobody can change. */
  public ResourceSet {
    byKind = Immutable.sortedMap(byKind);
    assignmentNames =
        assignmentNames instanceof TreePSet<String>
            ? assignmentNames
            : Immutable.sortedSet(assignmentNames);
  }

  /** The resources of {@code kind} by name; empty if there is none. */
  public TreePMap<String, Resource> of(ResourceKind kind) {
    TreePMap<String, Resource> resources = byKind.get(kind);
    return resources == null ? TreePMap.empty() : resources;
  }
}
