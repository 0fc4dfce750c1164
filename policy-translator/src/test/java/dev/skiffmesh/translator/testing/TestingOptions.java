package dev.skiffmesh.translator.testing;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.Slot;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.util.Optional;
import java.util.function.Consumer;

/** Options that no kind has. */
public final class TestingOptions {

  private TestingOptions() {}

  /** Does to a cluster what it is told. */
  public record OfCluster(Slot slot, Consumer<Cluster.Builder> write) implements ClusterOption {
    @Override
    public String field() {
      return "test";
    }

    @Override
    public Optional<String> lacking(Dialect dialect) {
      return Optional.empty();
    }

    @Override
    public void applyTo(Cluster.Builder cluster) {
      write.accept(cluster);
    }
  }

  /** Does to calls what it is told. */
  public record OfCalls(Slot slot, Consumer<RouteAction.Builder> write) implements ForwardOption {
    @Override
    public String field() {
      return "test";
    }

    @Override
    public Optional<String> lacking(Dialect dialect) {
      return Optional.empty();
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {
      write.accept(action);
    }
  }

  /** Sends all calls to another cluster as well. */
  public record Mirrored(ClusterName to) implements ForwardOption {
    @Override
    public Slot slot() {
      return Slot.MIRROR;
    }

    @Override
    public String field() {
      return "test";
    }

    @Override
    public Optional<String> lacking(Dialect dialect) {
      return Optional.empty();
    }

    @Override
    public Optional<ClusterName> cluster() {
      return Optional.of(to);
    }

    @Override
    public ForwardOption withCluster(ClusterName cluster) {
      return new Mirrored(cluster);
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {
      action.addRequestMirrorPoliciesBuilder().setCluster(to.text());
    }
  }
}
