package dev.skiffmesh.translator.policy.timeout;

import dev.skiffmesh.translator.place.Case;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.Lacking;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.place.fact.RequestTime;
import dev.skiffmesh.translator.wire.Protos;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.time.Duration;
import java.util.List;

/**
 * What a TimeoutPolicy writes. gRPC's clients connect and wait as their own channel and calls say.
 */
final class TimeoutOptions {

  private TimeoutOptions() {}

  /** Until a connection stands. */
  record Connect(Duration within) implements ClusterOption {
    private static final Traits TRAITS =
        new Traits(Slot.CONNECT_TIMEOUT, "connect", Lacking.inGrpc("`connect` is not followed"));

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public void applyTo(Cluster.Builder cluster) {
      cluster.setConnectTimeout(Protos.duration(within));
    }
  }

  /** Until the response has ended; never for gRPC, whose streams it would cut. */
  record Request(Duration within) implements ForwardOption, RequestTime {
    private static final Traits TRAITS =
        new Traits(
            Slot.REQUEST_TIMEOUT,
            "request",
            Lacking.inGrpc("`request` is not followed; use deadlines"));

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public List<Case> cases() {
      return within.isZero() ? List.of() : List.of(Case.GRPC);
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {
      action.setTimeout(
          Protos.duration(requests.holds().contains(Case.GRPC) ? Duration.ZERO : within));
    }
  }

  /** Without a byte in either direction. */
  record Idle(Duration atMost) implements ForwardOption {
    private static final Traits TRAITS =
        new Traits(Slot.IDLE, "idle", Lacking.inGrpc("`idle` is not followed"));

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {
      action.setIdleTimeout(Protos.duration(atMost));
    }
  }
}
