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

  private final List<Member> members;

  private Broker(List<Member> members) {
    this.members = List.copyOf(members);
  }

  /**
   * One application with its proxy.
   *
   * @param egressPort where its application reaches the mesh
   */
  record Member(Instance instance, Application application, Envoy envoy, int egressPort) {}

  /** Starts everything; returns when each Envoy has its listeners and clusters. */
  static Broker start(List<Instance> instances, ControlPlaneAddress controlPlane) {
    List<Member> members = new ArrayList<>();
    try {
      for (Instance instance : instances) {
        members.add(startOne(instance, controlPlane));
      }
      members.forEach(member -> member.envoy().awaitReady(READY_BOUND));
      return new Broker(members);
    } catch (RuntimeException e) {
      new Broker(members).close();
      throw e;
    }
  }

  List<Member> members() {
    return members;
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
    for (Member member : members.reversed()) {
      member.envoy().close();
      member.application().close();
    }
  }

  private static Member startOne(Instance instance, ControlPlaneAddress controlPlane) {
    boolean isGateway = instance.service().equals("gateway");
    int egressPort =
        isGateway ? Ports.preferably(BootstrapRequest.DEFAULT_EGRESS_PORT) : FreePorts.next();
    Application application = Application.start(instance, egressPort);
    try {
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
      BootstrapRequest request =
          new BootstrapRequest(
              identity,
              List.of(controlPlane),
              isGateway ? Ports.preferably(BootstrapRequest.DEFAULT_ADMIN_PORT) : FreePorts.next());
      return new Member(
          instance, application, Envoy.start(EnvoyBootstrap.yaml(request)), egressPort);
    } catch (RuntimeException e) {
      application.close();
      throw e;
    }
  }
}
