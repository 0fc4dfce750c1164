package dev.skiffmesh.translator.testing;

import dev.skiffmesh.translator.place.AnswerOption;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.HostOption;
import dev.skiffmesh.translator.place.Lacking;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.RouteOption;
import dev.skiffmesh.translator.place.Slot;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Optional;
import java.util.function.Consumer;

/** Options that no kind has. */
public final class TestingOptions {

  private TestingOptions() {}

  /** Does to a cluster what it is told. */
  public record OfCluster(Slot slot, Consumer<Cluster.Builder> write) implements ClusterOption {
    @Override
    public Traits traits() {
      return new Traits(slot, "test", Lacking.NOTHING);
    }

    @Override
    public void applyTo(Cluster.Builder cluster) {
      write.accept(cluster);
    }
  }

  /** Does to calls what it is told. */
  public record OfCalls(Slot slot, Consumer<RouteAction.Builder> write) implements ForwardOption {
    @Override
    public Traits traits() {
      return new Traits(slot, "test", Lacking.NOTHING);
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {
      write.accept(action);
    }
  }

  /** Does to routes what it is told. */
  public record OfRoute(Slot slot, Consumer<Route.Builder> write) implements RouteOption {
    @Override
    public Traits traits() {
      return new Traits(slot, "test", Lacking.NOTHING);
    }

    @Override
    public void applyTo(Route.Builder route, Requests requests) {
      write.accept(route);
    }
  }

  /** Does to a virtual host what it is told. */
  public record OfHost(Slot slot, Consumer<VirtualHost.Builder> write) implements HostOption {
    @Override
    public Traits traits() {
      return new Traits(slot, "test", Lacking.NOTHING);
    }

    @Override
    public void applyTo(VirtualHost.Builder host) {
      write.accept(host);
    }
  }

  /** Answers with a status. */
  public record Answer(int status) implements AnswerOption {
    @Override
    public Traits traits() {
      return new Traits(Slot.ANSWER, "test", Lacking.NOTHING);
    }

    @Override
    public void applyTo(Route.Builder route, Requests requests) {
      route.getDirectResponseBuilder().setStatus(status);
    }
  }

  /** Sends all calls to another cluster as well. */
  public record Mirrored(ClusterName to) implements ForwardOption {
    @Override
    public Traits traits() {
      return new Traits(Slot.MIRROR, "test", Lacking.NOTHING);
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
