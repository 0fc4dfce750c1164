package dev.skiffmesh.bootstrap;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.Workload;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a bootstrap is made of: equal requests render equal bytes.
 *
 * @param proxy who the data plane will say that it is
 * @param controlPlanes where xDS is asked for, the first that answers wins; never empty
 * @param adminPort where Envoy's own admin interface listens, on loopback
 */
public record BootstrapRequest(
    ProxyIdentity proxy, List<ControlPlaneAddress> controlPlanes, int adminPort) {

  /** Where applications reach the mesh unless told otherwise. */
  public static final int DEFAULT_EGRESS_PORT = 15_001;

  /** Where callers reach the proxy unless told otherwise; also the port in the node id. */
  public static final int DEFAULT_INBOUND_PORT = 15_006;

  /** Where Envoy's admin interface listens unless told otherwise. */
  public static final int DEFAULT_ADMIN_PORT = 15_000;

  /** What enforces policies beside the application, in the proxy's metadata. */
  public static final String SIDECAR = "sidecar";

  /** The Envoy that Skiff is built for. What a running one is, it says itself in each stream. */
  private static final Dialect ENVOY = new Dialect.Envoy(1, 40, true);

  /** Copies the addresses; refuses none of them with an {@link IllegalArgumentException}. */
  public BootstrapRequest {
    controlPlanes = List.copyOf(controlPlanes);
    if (controlPlanes.isEmpty()) {
      throw new IllegalArgumentException("A data plane needs at least one control plane");
    }
  }

  /**
   * The identity of a sidecar that serves {@code ports}.
   *
   * @param service what runs beside it
   * @param address the registered IP address
   * @param inboundPort the port in the node id: the first registered one
   * @param labels of the instance
   * @param ports what it serves; empty for a proxy that only calls
   * @param egressPort where its application reaches the mesh
   * @param locality where it runs
   */
  public static ProxyIdentity sidecar(
      ServiceId service,
      String address,
      int inboundPort,
      Map<String, String> labels,
      List<ProxyPort> ports,
      int egressPort,
      Locality locality) {
    return new ProxyIdentity(
        nodeId(service, address, inboundPort),
        new Workload(service, new TreeMap<>(labels), null),
        address,
        ports,
        egressPort,
        SIDECAR,
        locality,
        ENVOY);
  }

  /** {@code <namespace>/<service>/<address>:<inbound port>}. */
  public static String nodeId(ServiceId service, String address, int inboundPort) {
    return service + "/" + IpAddress.withPort(address, inboundPort);
  }
}
