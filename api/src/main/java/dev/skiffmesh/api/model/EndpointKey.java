package dev.skiffmesh.api.model;

import java.util.Comparator;

/**
 * What tells one endpoint from another across all registries.
 *
 * @param registry the source's configured name
 * @param cluster the registry's own grouping (Nacos clusterName), or empty
 * @param instanceId the registry's id of the instance, or {@code address:port}
 */
public record EndpointKey(String registry, String cluster, String instanceId)
    implements Comparable<EndpointKey> {

  private static final Comparator<EndpointKey> ORDER =
      Comparator.comparing(EndpointKey::registry)
          .thenComparing(EndpointKey::cluster)
          .thenComparing(EndpointKey::instanceId);

  @Override
  public int compareTo(EndpointKey other) {
    return ORDER.compare(this, other);
  }
}
