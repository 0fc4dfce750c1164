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
import java.util.function.UnaryOperator;

/**
 * A real Envoy beside a caller that serves nothing itself.
 *
 * @param id its node id
 * @param envoy the process
 * @param egressPort where its application reaches the mesh
 */
public record Caller(String id, Envoy envoy, int egressPort) implements AutoCloseable {

  private static final Duration READY_BOUND = Duration.ofSeconds(60);

  /** Starts one and waits until it has its listeners. */
  public static Caller start(String service, int xdsPort) {
    return start(service, xdsPort, Map.of());
  }

  /** The same with labels of its workload. */
  public static Caller start(String service, int xdsPort, Map<String, String> labels) {
    return start(EnvoyRelease.NEWEST, service, xdsPort, labels);
  }

  /** The same with an Envoy that asks for the state of the world, as older ones do. */
  static Caller ofStateOfTheWorld(String service, int xdsPort) {
    return start(
        EnvoyRelease.NEWEST,
        service,
        xdsPort,
        Map.of(),
        bootstrap -> bootstrap.replace("DELTA_GRPC", "GRPC"));
  }

  /** The same with a release of Envoy. */
  public static Caller start(
      EnvoyRelease release, String service, int xdsPort, Map<String, String> labels) {
    return start(release, service, xdsPort, labels, bootstrap -> bootstrap);
  }

  private static Caller start(
      EnvoyRelease release,
      String service,
      int xdsPort,
      Map<String, String> labels,
      UnaryOperator<String> edit) {
    int egressPort = FreePorts.next();
    BootstrapRequest request =
        new BootstrapRequest(
            BootstrapRequest.sidecar(
                new ServiceId("trading", service),
                "127.0.0.1",
                FreePorts.next(),
                labels,
                List.of(),
                egressPort,
                Locality.UNKNOWN),
            List.of(new ControlPlaneAddress("127.0.0.1", xdsPort)),
            FreePorts.next());
    Envoy envoy = Envoy.start(release, edit.apply(EnvoyBootstrap.yaml(request)));
    try {
      envoy.awaitReady(READY_BOUND);
      return new Caller(request.proxy().id(), envoy, egressPort);
    } catch (RuntimeException e) {
      envoy.close();
      throw e;
    }
  }

  /** Calls a host of the mesh over and over until it is closed. */
  public LoadLoop load(String host) {
    return LoadLoop.start(LoadLoop.Target.of(egressPort, host, "/"), 4);
  }

  /** Calls a host so many times. */
  public LoadLoop.Report call(String host, long calls) {
    return LoadLoop.run(LoadLoop.Target.of(egressPort, host, "/"), calls, 4);
  }

  @Override
  public void close() {
    envoy.close();
  }
}
