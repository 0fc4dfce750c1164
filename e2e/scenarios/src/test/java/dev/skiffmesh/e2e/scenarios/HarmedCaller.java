package dev.skiffmesh.e2e.scenarios;

import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.EnvoyBootstrap;
import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.EnvoyRelease;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.LoadLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A real Envoy of a caller with one listener more, whose fault filter does what a runtime key says:
 * 503 for that share of the requests, 200 for the rest.
 *
 * @param envoy the process
 * @param egressPort where its application reaches the mesh
 * @param faultPort of the listener with the fault filter
 */
record HarmedCaller(Envoy envoy, int egressPort, int faultPort) implements AutoCloseable {

  private static final Duration READY_BOUND = Duration.ofSeconds(60);
  private static final int HARM = 503;

  /**
   * Starts one and waits until it has its listeners.
   *
   * @param release which Envoy
   * @param key the runtime key
   * @param incremental whether it speaks delta xDS
   */
  static HarmedCaller start(EnvoyRelease release, int xdsPort, String key, boolean incremental) {
    int egressPort = FreePorts.next();
    int faultPort = FreePorts.next();
    String bootstrap =
        EnvoyBootstrap.yaml(
            new BootstrapRequest(
                BootstrapRequest.sidecar(
                    new ServiceId("trading", "gateway"),
                    "127.0.0.1",
                    FreePorts.next(),
                    Map.of(),
                    List.of(),
                    egressPort,
                    Locality.UNKNOWN),
                List.of(new ControlPlaneAddress("127.0.0.1", xdsPort)),
                FreePorts.next()));
    String harmed = bootstrap.replace("static_resources:\n", listener(faultPort, key));
    Envoy envoy =
        Envoy.start(
            release,
            incremental ? harmed : harmed.replace("api_type: DELTA_GRPC", "api_type: GRPC"));
    try {
      envoy.awaitReady(READY_BOUND);
      return new HarmedCaller(envoy, egressPort, faultPort);
    } catch (RuntimeException e) {
      envoy.close();
      throw e;
    }
  }

  /** How many of so many new requests are harmed. */
  long harmed(int requests) {
    return LoadLoop.run(LoadLoop.Target.of(faultPort, "any", "/"), requests, 1)
        .byStatus()
        .getOrDefault(HARM, 0L);
  }

  /** Calls the mesh over and over, as its application does, until it is closed. */
  LoadLoop load() {
    return LoadLoop.start(LoadLoop.Target.of(egressPort, "order.trading", "/"), 1);
  }

  private static String listener(int port, String key) {
    return """
        static_resources:
          listeners:
            - name: fault
              address: {socket_address: {address: 127.0.0.1, port_value: %d}}
              filter_chains:
                - filters:
                    - name: http
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: fault
                        route_config:
                          virtual_hosts:
                            - name: all
                              domains: ["*"]
                              routes: [{match: {prefix: /}, direct_response: {status: 200}}]
                        http_filters:
                          - name: fault
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
                              abort: {http_status: 503, percentage: {numerator: 0, denominator: MILLION}}
                              abort_percent_runtime: %s
                          - name: router
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        """
        .formatted(port, key);
  }

  @Override
  public void close() {
    envoy.close();
  }
}
