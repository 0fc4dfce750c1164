package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.model.Dialect;
import java.util.Optional;

/** What clients do not do of a field. */
@FunctionalInterface
public interface Lacking {

  /** All clients do all of it. */
  Lacking NOTHING = dialect -> Optional.empty();

  /** What such a client does not do, for people; empty if it does all that the field says. */
  Optional<String> in(Dialect dialect);

  /** What gRPC's own clients do not do of what every Envoy does. */
  static Lacking inGrpc(String what) {
    return dialect ->
        switch (dialect) {
          case Dialect.Envoy _ -> Optional.empty();
          case Dialect.Grpc _ -> Optional.of(what);
        };
  }
}
