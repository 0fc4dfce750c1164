package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.model.Dialect;
import java.util.Optional;

/**
 * What a policy's field means at one place of Envoy's configuration: a record of the kind's own,
 * equal by value, made of the spec's values. A kind never sees more of a message than its option is
 * applied to, and there it writes its slot's fields only.
 */
public sealed interface Option permits ClusterOption, ForwardOption {

  /** What it writes. */
  Slot slot();

  /** The spec's field that it comes from, as users write it: {@code connect}. */
  String field();

  /**
   * What such a client does not do of it, for the policy's status and for {@code docs/clients.md};
   * empty if the client does all that the field says. Without a default, so that no kind forgets
   * the question.
   */
  Optional<String> lacking(Dialect dialect);
}
