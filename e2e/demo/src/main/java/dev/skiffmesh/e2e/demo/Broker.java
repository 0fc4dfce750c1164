package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.EnvoyBootstrap;
import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.FreePorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The broker: four applications, a real Envoy beside each. */
final class Broker implements AutoCloseable {

  private static final Duration READY_BOUND = Duration.ofSeconds(60);

  private final List<Member> members = new ArrayList<>();
  private final Started started = new Started();

  private Broker() {}

  /**
   * One application with its proxy.
   *
   * @param egressPort where its application reaches the mesh
   */
  record Member(Instance instance, Application application, Envoy envoy, int egressPort) {}

  /** Starts everything; returns when each Envoy has its listeners and clusters. */
  static Broker start(List<Instance> instances, ControlPlaneAddress controlPlane) {
    Broker broker = new Broker();
    try {
      instances.forEach(instance -> broker.startOne(instance, controlPlane));
      broker.members.forEach(member -> member.envoy().awaitReady(READY_BOUND));
      return broker;
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  List<Member> members() {
    return List.copyOf(members);
  }

  /** Where a call from outside enters: the gateway's registered port. */
  int entryPort() {
    return members.getFirst().instance().registeredPort();
  }

  /** Where the gateway's application reaches the mesh. */
  int gatewayEgressPort() {
    return members.getFirst().egressPort();
  }

  @Override
  public void close() {
    started.close();
  }

  private void startOne(Instance instance, ControlPlaneAddress controlPlane) {
    boolean isGateway = instance.service().equals("gateway");
    int egressPort =
        isGateway ? Ports.preferably(BootstrapRequest.DEFAULT_EGRESS_PORT) : FreePorts.next();
    int adminPort =
        isGateway ? Ports.preferably(BootstrapRequest.DEFAULT_ADMIN_PORT) : FreePorts.next();
    Application application = started.add(Application.start(instance, egressPort));
    ProxyIdentity identity =
        BootstrapRequest.sidecar(
            instance.id(),
            "127.0.0.1",
            instance.registeredPort(),
            Map.of("version", instance.version()),
            List.of(
                new ProxyPort(
                    "http", instance.registeredPort(), application.port(), Protocol.HTTP)),
            egressPort,
            Locality.UNKNOWN);
    BootstrapRequest request = new BootstrapRequest(identity, List.of(controlPlane), adminPort);
    Envoy envoy = started.add(Envoy.start(EnvoyBootstrap.yaml(request)));
    members.add(new Member(instance, application, envoy, egressPort));
  }
}
