package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.e2e.parts.LoadLoop;
import java.util.List;

/** The broker with a real Envoy beside each application. */
final class EnvoyDataPlane implements DataPlane {

  private static final int THREADS = 4;

  private final Broker broker;

  EnvoyDataPlane(List<Instance> instances, ControlPlaneAddress controlPlane) {
    this.broker = Broker.start(instances, controlPlane);
  }

  @Override
  public String title() {
    return "a small broker with a real Envoy beside each of its "
        + broker.members().size()
        + " applications";
  }

  @Override
  public String picture() {
    return "you -> Envoy, gateway -> Envoy, order v1 or v2 -> Envoy, quote";
  }

  @Override
  public int proxies() {
    return broker.members().size();
  }

  @Override
  public LoadLoop.Report call(long calls) {
    return LoadLoop.run(
        LoadLoop.Target.of(broker.entryPort(), "gateway." + Instance.NAMESPACE, "/"),
        calls,
        THREADS);
  }

  @Override
  public List<String> invitations() {
    return List.of(
        "curl -H 'Host: order.%s' -H 'x-user-group: beta' http://127.0.0.1:%d/"
            .formatted(Instance.NAMESPACE, broker.gatewayEgressPort()));
  }

  @Override
  public void close() {
    broker.close();
  }
}
