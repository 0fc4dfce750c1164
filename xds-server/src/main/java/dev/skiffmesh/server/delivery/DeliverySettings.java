package dev.skiffmesh.server.delivery;

/**
 * Limits of the engine.
 *
 * @param streams how many streams may be open at once
 * @param newStreamsPerSecond how many may begin within a second, so that a thousand proxies that
 *     reconnect at once do not starve those that are served
 */
public record DeliverySettings(int streams, int newStreamsPerSecond) {

  /** 10,000 streams, 500 new ones a second. */
  public static final DeliverySettings DEFAULTS = new DeliverySettings(10_000, 500);

  /** Refuses numbers below 1 with an {@link IllegalArgumentException}. */
  public DeliverySettings {
    if (streams < 1 || newStreamsPerSecond < 1) {
      throw new IllegalArgumentException(
          "Limits must be at least 1, found " + streams + " and " + newStreamsPerSecond);
    }
  }
}
