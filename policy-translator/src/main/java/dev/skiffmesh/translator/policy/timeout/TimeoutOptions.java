package dev.skiffmesh.translator.policy.timeout;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.translator.place.Case;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.wire.Protos;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a TimeoutPolicy writes. */
final class TimeoutOptions {

  private TimeoutOptions() {}

  /** gRPC's clients connect and wait as their own channel and calls say. */
  private static Optional<String> byGrpc(Dialect dialect, String what) {
    return switch (dialect) {
      case Dialect.Envoy _ -> Optional.empty();
      case Dialect.Grpc _ -> Optional.of(what);
    };
  }

  /** Until a connection stands. */
  record Connect(Duration within) implements ClusterOption {
    @Override
    public Slot slot() {
      return Slot.CONNECT_TIMEOUT;
    }

    @Override
    public String field() {
      return "connect";
    }

    @Override
    public Optional<String> lacking(Dialect dialect) {
      return byGrpc(dialect, "`connect` is not followed");
    }

    @Override
    public void applyTo(Cluster.Builder cluster) {
      cluster.setConnectTimeout(Protos.duration(within));
    }
  }

  /** Until the response has ended; never for gRPC, whose streams it would cut. */
  record Request(Duration within) implements ForwardOption {
    @Override
    public Slot slot() {
      return Slot.REQUEST_TIMEOUT;
    }

    @Override
    public String field() {
      return "request";
    }

    @Override
    public Optional<String> lacking(Dialect dialect) {
      return byGrpc(dialect, "`request` is not followed; use deadlines");
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
    @Override
    public Slot slot() {
      return Slot.IDLE;
    }

    @Override
    public String field() {
      return "idle";
    }

    @Override
    public Optional<String> lacking(Dialect dialect) {
      return byGrpc(dialect, "`idle` is not followed");
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {
      action.setIdleTimeout(Protos.duration(atMost));
    }
  }
}
