package dev.skiffmesh.translator.place;

import com.google.protobuf.Message;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.policy.match.RequestMatch;
import java.util.List;
import java.util.Optional;

/**
 * What the callee's proxy does to some of the calls to a port: one rule of a policy, at one stage
 * of the port's listener. A record of the kind's own, equal by value, made of the spec's values.
 */
public interface InboundFilter {

  /** Where it stands; one that {@linkplain Stage#isOfKinds kinds} may fill. */
  Stage stage();

  /** Tells the policy's rules apart, whatever their order. */
  String rule();

  /** The spec's field that it comes from, as users write it. */
  String field();

  /**
   * Which calls; empty for all. The policy's callers are one more condition, added for all kinds.
   */
  List<RequestMatch> matches();

  /** Envoy's configuration of the stage's filter for these calls. */
  Message config();

  /** What such a callee does not do of it, for people; empty if it does all of it. */
  Optional<String> lacking(Dialect dialect);
}
