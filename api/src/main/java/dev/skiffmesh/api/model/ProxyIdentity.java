package dev.skiffmesh.api.model;

import java.util.List;

/**
 * Who a connected data plane says that it is; the contract of {@code skiff bootstrap}.
 *
 * @param id the node id, {@code <namespace>/<service>/<address>:<inbound port>} for sidecars
 * @param workload what runs beside it
 * @param address the registered IP address; with {@link ProxyPort#inbound()} it is the key that
 *     joins a proxy with its endpoint
 * @param ports what it serves; empty for a proxy that only calls
 * @param egressPort where its application reaches the mesh, on loopback; 0 for none (proxyless
 *     gRPC)
 * @param engine what enforces policies there, {@code sidecar} unless said otherwise
 * @param locality where it runs
 * @param dialect which xDS it understands
 */
public record ProxyIdentity(
    String id,
    Workload workload,
    String address,
    List<ProxyPort> ports,
    int egressPort,
    String engine,
    Locality locality,
    Dialect dialect) {

  /** Copies the ports. */
  public ProxyIdentity {
    ports = List.copyOf(ports);
  }

  /**
   * One served port.
   *
   * @param name the service port's name
   * @param inbound where the proxy listens, on its address: the registered port
   * @param app where the application listens, on loopback
   * @param protocol what is spoken there
   */
  public record ProxyPort(String name, int inbound, int app, Protocol protocol) {}
}
