package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.model.Protocol;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;

/** A sort of requests for which an option writes something else than for the others. */
public enum Case {
  /** Calls of gRPC, by their content type. */
  GRPC {
    @Override
    public boolean canHold(Protocol protocol) {
      return protocol != Protocol.HTTP;
    }

    @Override
    public RouteMatch narrow(RouteMatch match) {
      return match.toBuilder()
          .setGrpc(RouteMatch.GrpcRouteMatchOptions.getDefaultInstance())
          .build();
    }
  };

  /** Tells whether there are such requests on a port of that protocol. */
  public abstract boolean canHold(Protocol protocol);

  /** The same match for these requests only. */
  public abstract RouteMatch narrow(RouteMatch match);
}
