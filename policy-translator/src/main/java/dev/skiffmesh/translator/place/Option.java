package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.model.Dialect;
import java.util.Optional;

/**
 * What a policy's field means at one place of Envoy's configuration: a record of the kind's own,
 * equal by value, made of the spec's values. A kind never sees more of a message than its option is
 * applied to, and there it writes its slot's fields only.
 */
public sealed interface Option
    permits ClusterOption, HostOption, RouteOption, AnswerOption, ForwardOption {

  /** What it writes, where it comes from and who does not follow it. */
  Traits traits();

  /** What it writes. */
  default Slot slot() {
    return traits().slot();
  }

  /**
   * What such a client does not do of it, for the policy's status and for {@code docs/clients.md};
   * empty if the client does all that the field says.
   */
  default Optional<String> lacking(Dialect dialect) {
    return traits().lacking().in(dialect);
  }

  /**
   * What is to be said of every option; a kind cannot leave anything out.
   *
   * @param slot what it writes
   * @param field the spec's field that it comes from, as users write it: {@code connect}
   * @param lacking which clients do not follow it
   */
  record Traits(Slot slot, String field, Lacking lacking) {}
}
