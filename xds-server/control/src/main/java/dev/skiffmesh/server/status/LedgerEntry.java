package dev.skiffmesh.server.status;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.policy.Policy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One policy document through its generations.
 *
 * @param key its identity
 * @param source the name of the source that it counts from
 * @param origin where the newest version stands
 * @param generation of the newest version
 * @param newestText the newest version
 * @param violations what is wrong with the newest version; empty if it is good
 * @param lastGood the newest good version; null if none ever was
 * @param overshadowed where else the key stands, in sources of lower priority
 */
public record LedgerEntry(
    DocumentKey key,
    String source,
    Origin origin,
    long generation,
    String newestText,
    List<Violation> violations,
    @Nullable Good lastGood,
    List<Origin> overshadowed) {

  /** Copies the lists. */
  public LedgerEntry {
    violations = List.copyOf(violations);
    overshadowed = List.copyOf(overshadowed);
  }

  /**
   * A good version.
   *
   * @param document as it came
   * @param policy as it was understood; carries the generation
   * @param acceptedAt when this content was first accepted
   */
  public record Good(RawDocument document, Policy<?> policy, Instant acceptedAt) {

    /** When it ends by itself; null for never. */
    public @Nullable Instant expiresAt() {
      Instant fixed = policy.spec().expiresAt();
      if (policy.spec().expiresAfter() == null) {
        return fixed;
      }
      Instant counted = acceptedAt.plus(policy.spec().expiresAfter());
      return fixed == null || counted.isBefore(fixed) ? counted : fixed;
    }

    /** Tells whether its time is over. */
    public boolean isExpired(Instant now) {
      Instant end = expiresAt();
      return end != null && !now.isBefore(end);
    }
  }

  /** The newest good version. */
  public Optional<Good> good() {
    return Optional.ofNullable(lastGood);
  }

  /** The version that counts at {@code now}: good, and its time is not over. */
  public Optional<Policy<?>> inForce(Instant now) {
    return lastGood == null || lastGood.isExpired(now)
        ? Optional.empty()
        : Optional.of(lastGood.policy());
  }

  /** The newest version, if it was refused. */
  public Optional<PolicyReport.Refused> refused() {
    return violations.isEmpty()
        ? Optional.empty()
        : Optional.of(new PolicyReport.Refused(generation, origin, violations));
  }
}
