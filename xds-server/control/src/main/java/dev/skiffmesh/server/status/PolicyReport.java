package dev.skiffmesh.server.status;

import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.PolicyStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One policy document: what is said of it and which version counts.
 *
 * @param status its conditions and counts
 * @param policy the version in force (or expired); null if no version ever was good
 * @param refused the newest version if it was refused; null if the newest is the one in force
 * @param acceptedAt when the content in force was first accepted, restarts included; null if none
 *     ever was
 * @param expiresAt when it ends by itself; null for never
 * @param source the name of the source that it counts from
 * @param text the newest version as that source told it, in force or not
 */
public record PolicyReport(
    PolicyStatus status,
    @Nullable Policy<?> policy,
    @Nullable Refused refused,
    @Nullable Instant acceptedAt,
    @Nullable Instant expiresAt,
    String source,
    String text) {

  /**
   * A version that was refused while an older one stays in force, or while there is none.
   *
   * @param generation its number
   * @param origin where it stands
   * @param violations all that is wrong with it, at least one
   */
  public record Refused(long generation, Origin origin, List<Violation> violations) {
    /** Copies the violations. */
    public Refused {
      violations = List.copyOf(violations);
    }
  }

  /** The version in force. */
  public Optional<Policy<?>> inForce() {
    return Optional.ofNullable(policy);
  }

  /** The newest version, if it was refused. */
  public Optional<Refused> refusal() {
    return Optional.ofNullable(refused);
  }

  /** When it ends by itself. */
  public Optional<Instant> expiry() {
    return Optional.ofNullable(expiresAt);
  }
}
