package dev.skiffmesh.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ServiceId;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvoyBootstrapTest {

  private static final ServiceId ORDER = new ServiceId("trading", "order");

  @Test
  void theNamedLocalClusterIsStaticBecauseEnvoyExitsOtherwise() {
    Bootstrap bootstrap = EnvoyBootstrap.message(request(ControlPlaneAddress.DEFAULT));

    assertThat(bootstrap.getStaticResources().getClustersList())
        .extracting(Cluster::getName)
        .contains(bootstrap.getClusterManager().getLocalClusterName());
  }

  @Test
  void peersOfDifferentProxiesHaveDifferentNames() {
    assertThat(EnvoyBootstrap.localAssignmentName("trading/order/10.0.0.1:15006"))
        .isNotEqualTo(EnvoyBootstrap.localAssignmentName("trading/order/10.0.0.2:15006"));
  }

  @Test
  void oneHostNameMakesTheControlPlanesResolved() {
    Cluster literal = controlPlanes(new ControlPlaneAddress("10.0.0.1", 18_000));
    Cluster mixed =
        controlPlanes(
            new ControlPlaneAddress("10.0.0.1", 18_000), new ControlPlaneAddress("skiff", 18_000));

    assertThat(literal.getType()).isEqualTo(Cluster.DiscoveryType.STATIC);
    assertThat(mixed.getType()).isEqualTo(Cluster.DiscoveryType.STRICT_DNS);
  }

  @Test
  void controlPlanesAreTriedInTheirOrder() {
    Cluster cluster =
        controlPlanes(
            new ControlPlaneAddress("10.0.0.2", 18_000),
            new ControlPlaneAddress("10.0.0.1", 18_000));

    assertThat(cluster.getLoadAssignment().getEndpointsList())
        .extracting(
            endpoints ->
                endpoints.getPriority()
                    + " "
                    + endpoints
                        .getLbEndpoints(0)
                        .getEndpoint()
                        .getAddress()
                        .getSocketAddress()
                        .getAddress())
        .containsExactly("0 10.0.0.2", "1 10.0.0.1");
  }

  @Test
  void aProxyNeedsAControlPlane() {
    assertThatThrownBy(() -> request()).isInstanceOf(IllegalArgumentException.class);
  }

  private static Cluster controlPlanes(ControlPlaneAddress... addresses) {
    return EnvoyBootstrap.message(request(addresses))
        .getStaticResources()
        .getClustersList()
        .stream()
        .filter(cluster -> cluster.getName().equals(EnvoyBootstrap.CONTROL_PLANE_CLUSTER))
        .findFirst()
        .orElseThrow();
  }

  private static BootstrapRequest request(ControlPlaneAddress... addresses) {
    return new BootstrapRequest(
        BootstrapRequest.sidecar(
            ORDER, "10.0.0.5", 15_006, Map.of(), List.of(), 15_001, Locality.UNKNOWN),
        List.of(addresses),
        15_000);
  }
}
