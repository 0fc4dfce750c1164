package dev.skiffmesh.translator.policy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.PolicySpec;

/**
 * A policy that applies to a target, and how closely it names it.
 *
 * @param policy the policy
 * @param level how closely
 */
public record Applied<S extends PolicySpec>(Policy<S> policy, Level level) {

  /** The policy's identity. */
  public DocumentKey key() {
    return policy.key();
  }

  /** What it says. */
  public S spec() {
    return policy.spec();
  }

  /** How closely a policy names a target, the most specific first. */
  public enum Level {
    /** A port of the service. */
    PORT,
    /** The service. */
    SERVICE,
    /** Its namespace. */
    NAMESPACE,
    /** The mesh. */
    MESH
  }
}
