package dev.skiffmesh.server.guard;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * When a registry is doubted and for how long.
 *
 * @param fall a service that loses more than this share of its usable instances is looked at, in
 *     percent
 * @param holdTime how long what was known stays, unless the registry recovers or an operator agrees
 * @param falls services with a share of their own
 */
public record GuardSettings(int fall, Duration holdTime, SortedMap<ServiceId, Integer> falls) {

  /** Half of the instances, 90 s. */
  public static final GuardSettings DEFAULT =
      new GuardSettings(50, Duration.ofSeconds(90), new TreeMap<>());

  /** The smallest and the greatest share: neither always nor never, in percent. */
  public static final int LEAST_FALL = 10;

  /** See {@link #LEAST_FALL}. */
  public static final int MOST_FALL = 95;

  /** Refuses shares out of bounds and a time that is not positive. */
  public GuardSettings {
    falls = Immutable.sortedMap(falls);
    requireShare(fall);
    falls.values().forEach(GuardSettings::requireShare);
    if (!holdTime.isPositive()) {
      throw new IllegalArgumentException("A hold time must be positive, found " + holdTime);
    }
  }

  private static void requireShare(int share) {
    if (share < LEAST_FALL || share > MOST_FALL) {
      throw new IllegalArgumentException(
          "A fall must be from %d to %d percent, found %d".formatted(LEAST_FALL, MOST_FALL, share));
    }
  }

  /** The share of one service, in percent. */
  int fallOf(ServiceId service) {
    return falls.getOrDefault(service, fall);
  }
}
