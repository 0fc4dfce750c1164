package dev.skiffmesh.translator.envoy;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.translator.place.Option;
import java.util.Optional;

/** What a form of a service may lack of a policy; equal by value. */
sealed interface Lack {

  /** For people; empty where such a client lacks nothing. */
  Optional<String> in(Dialect dialect);

  /** What the option says of each client. */
  record OfOption(Option option) implements Lack {
    @Override
    public Optional<String> in(Dialect dialect) {
      return option.lacking(dialect);
    }
  }

  /** All clients of the form lack it. */
  record OfAll(String what) implements Lack {
    @Override
    public Optional<String> in(Dialect dialect) {
      return Optional.of(what);
    }
  }

  /** All clients of the form lack it. */
  static Lack of(String what) {
    return new OfAll(what);
  }
}
