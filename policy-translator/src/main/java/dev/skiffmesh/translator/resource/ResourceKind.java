package dev.skiffmesh.translator.resource;

import java.util.List;
import java.util.Optional;

/**
 * One xDS resource type, as a value: a new type is one declaration here.
 *
 * @param typeUrl with the {@code type.googleapis.com/} prefix
 * @param shortName the word in commands and messages: {@code cluster}
 * @param order additions go out in this order, removals in reverse (xds_protocol, "Eventual
 *     consistency considerations")
 * @param sotwWhole whether a state-of-the-world answer must carry all resources: what an LDS or CDS
 *     answer lacks is deleted by the client; other types keep what is not mentioned
 * @param removable whether Envoy acts on a removal; EDS and RDS removals are ignored by it, and an
 *     ECDS removal breaks the listener, so those are emptied instead
 */
public record ResourceKind(
    String typeUrl, String shortName, int order, boolean sotwWhole, boolean removable)
    implements Comparable<ResourceKind> {

  /** Runtime layers (RTDS); asked for before anything else. */
  public static final ResourceKind RUNTIME =
      new ResourceKind(
          "type.googleapis.com/envoy.service.runtime.v3.Runtime", "runtime", 0, false, false);

  /**
   * Keys and certificates (SDS); before the clusters and listeners that refer to them. Envoy takes
   * a removal as the answer that there is no such secret, and keeps what it has.
   */
  public static final ResourceKind SECRET =
      new ResourceKind(
          "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
          "secret",
          1,
          false,
          false);

  /** Clusters (CDS). */
  public static final ResourceKind CLUSTER =
      new ResourceKind(
          "type.googleapis.com/envoy.config.cluster.v3.Cluster", "cluster", 2, true, true);

  /** Cluster load assignments (EDS). */
  public static final ResourceKind ENDPOINT =
      new ResourceKind(
          "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
          "endpoint",
          3,
          false,
          false);

  /** Listeners (LDS). */
  public static final ResourceKind LISTENER =
      new ResourceKind(
          "type.googleapis.com/envoy.config.listener.v3.Listener", "listener", 4, true, true);

  /** HTTP filter configurations (ECDS). */
  public static final ResourceKind EXTENSION =
      new ResourceKind(
          "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
          "extension",
          5,
          false,
          false);

  /** Route configurations (RDS). */
  public static final ResourceKind ROUTE =
      new ResourceKind(
          "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", "route", 6, false, false);

  /** Virtual hosts (VHDS), delta only. */
  public static final ResourceKind VIRTUAL_HOST =
      new ResourceKind(
          "type.googleapis.com/envoy.config.route.v3.VirtualHost", "virtual-host", 7, false, true);

  /** All of them, in order. */
  public static final List<ResourceKind> ALL =
      List.of(RUNTIME, SECRET, CLUSTER, ENDPOINT, LISTENER, EXTENSION, ROUTE, VIRTUAL_HOST);

  /** The kind of that URL; empty for a type that Skiff does not serve. */
  public static Optional<ResourceKind> ofTypeUrl(String typeUrl) {
    return ALL.stream().filter(kind -> kind.typeUrl.equals(typeUrl)).findFirst();
  }

  @Override
  public int compareTo(ResourceKind other) {
    return Integer.compare(order, other.order);
  }

  @Override
  public String toString() {
    return shortName;
  }
}
