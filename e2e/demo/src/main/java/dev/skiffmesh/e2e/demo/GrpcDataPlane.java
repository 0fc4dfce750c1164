package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.GrpcBootstrap;
import dev.skiffmesh.e2e.parts.GrpcService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The broker with no proxy at all: grpc-java's own xDS client, as the gateway, balances over the
 * orders. One for each JVM, because that client reads its bootstrap from a system property.
 */
final class GrpcDataPlane implements DataPlane {

  private static final String BOOTSTRAP_PROPERTY = "io.grpc.xds.bootstrapConfig";

  private final List<GrpcService> services = new ArrayList<>();
  private final ManagedChannel order;

  GrpcDataPlane(List<Instance> instances, ControlPlaneAddress controlPlane) {
    for (Instance instance : instances) {
      services.add(
          GrpcService.start(
              instance.service(),
              Map.of("version", instance.version()),
              instance.registeredPort()));
    }
    Instance gateway = instances.getFirst();
    System.setProperty(
        BOOTSTRAP_PROPERTY,
        GrpcBootstrap.json(
            new BootstrapRequest(
                BootstrapRequest.sidecar(
                    gateway.id(),
                    "127.0.0.1",
                    gateway.registeredPort(),
                    Map.of("version", gateway.version()),
                    List.of(
                        new ProxyPort(
                            "http",
                            gateway.registeredPort(),
                            gateway.registeredPort(),
                            Protocol.GRPC)),
                    0,
                    Locality.UNKNOWN),
                List.of(controlPlane),
                BootstrapRequest.DEFAULT_ADMIN_PORT)));
    this.order =
        Grpc.newChannelBuilder(
                "xds:///order." + Instance.NAMESPACE, InsecureChannelCredentials.create())
            .build();
    // The client asks the control plane for nothing until somebody calls.
    order.getState(true);
  }

  @Override
  public String title() {
    return "a small broker with NO Envoy: the gateway is a gRPC client that speaks xDS itself";
  }

  @Override
  public String picture() {
    return "gateway -> order v1 or v2";
  }

  @Override
  public int proxies() {
    return 1;
  }

  @Override
  public LoadLoop.Report call(long calls) {
    SortedMap<String, Long> byAnswerer = new TreeMap<>();
    List<String> failures = new ArrayList<>();
    for (long call = 0; call < calls; call++) {
      try {
        String answer = GrpcService.say(order, "call " + call);
        byAnswerer.merge(answer.substring(0, answer.indexOf(' ')), 1L, Long::sum);
      } catch (StatusRuntimeException e) {
        failures.add("call " + call + ": " + e.getStatus());
      }
    }
    SortedMap<Integer, Long> byStatus = new TreeMap<>(Map.of(200, calls - failures.size()));
    return new LoadLoop.Report(calls, failures.size(), byStatus, byAnswerer, failures, List.of());
  }

  @Override
  public List<String> invitations() {
    return List.of();
  }

  @Override
  public void close() {
    order.shutdownNow();
    services.forEach(GrpcService::close);
  }
}
