package dev.skiffmesh.e2e.scenarios;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import java.util.List;

/** A test-only kind: its cluster asks for a transport that no Envoy has. */
final class PoisonKind implements PolicyKind<TimeoutSpec> {

  @Override
  public PolicyDescriptor<TimeoutSpec> descriptor() {
    return new PolicyDescriptor<>(
        "Poison",
        "poisons",
        TimeoutSpec.class,
        PolicyDescriptor.Family.ADDITIVE,
        PolicyDescriptor.Direction.OUTBOUND,
        "Only for this test.");
  }

  @Override
  public void check(TimeoutSpec spec, SpecChecker checker) {}

  @Override
  public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
    Cluster cluster =
        Cluster.newBuilder()
            .setName("poison")
            .setType(Cluster.DiscoveryType.STATIC)
            .setConnectTimeout(Duration.newBuilder().setSeconds(1))
            .setTransportSocket(
                TransportSocket.newBuilder()
                    .setName("no.such.transport")
                    .setTypedConfig(
                        Any.newBuilder().setTypeUrl("type.googleapis.com/no.such.Transport")))
            .build();
    return List.of(new Contribution.ExtraCluster(applied.getFirst().key(), cluster));
  }
}
