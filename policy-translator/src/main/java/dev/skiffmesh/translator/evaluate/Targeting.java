package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.translator.policy.Applied.Level;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyKind;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One way in which a policy reaches a service.
 *
 * @param policy the policy
 * @param kind its behaviour
 * @param level how closely it names the service
 * @param port the port's number; null for all
 */
record Targeting(Policy<?> policy, PolicyKind<?> kind, Level level, @Nullable Integer port) {

  /** The most specific first, then by namespace and name: age plays no part. */
  static final Comparator<Targeting> ORDER =
      Comparator.comparing(Targeting::level)
          .thenComparing(targeting -> targeting.policy().key().namespace())
          .thenComparing(targeting -> targeting.policy().key().name())
          .thenComparing(targeting -> targeting.policy().key().kind());

  /** Tells whether the policy names the service itself. */
  boolean isDirect() {
    return level == Level.PORT || level == Level.SERVICE;
  }

  boolean reaches(int number) {
    return port == null || port == number;
  }

  /** Which proxies enforce the policy. */
  Direction direction() {
    return direction(kind, policy);
  }

  /** Which proxies enforce a policy; a kind that cannot tell says what it says of all. */
  static <S extends PolicySpec> Direction direction(PolicyKind<S> kind, Policy<?> policy) {
    try {
      return kind.direction(kind.descriptor().spec().cast(policy.spec()));
    } catch (OutOfMemoryError exhausted) {
      throw exhausted;
    } catch (Throwable silent) {
      return kind.descriptor().direction();
    }
  }

  /** Whether its numbers follow from how many instances the service has. */
  boolean isSized() {
    return isSized(kind, policy);
  }

  private static <S extends PolicySpec> boolean isSized(PolicyKind<S> kind, Policy<?> policy) {
    try {
      return kind.isSized(kind.descriptor().spec().cast(policy.spec()));
    } catch (OutOfMemoryError exhausted) {
      throw exhausted;
    } catch (Throwable silent) {
      return false;
    }
  }
}
