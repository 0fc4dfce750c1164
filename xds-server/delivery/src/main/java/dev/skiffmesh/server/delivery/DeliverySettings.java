package dev.skiffmesh.server.delivery;

import java.time.Duration;

/**
 * Limits of the engine.
 *
 * @param streams how many streams of a service may be open at once; only those that have said
 *     something count
 * @param newStreamsPerSecond how many may begin within a second, so that a thousand proxies that
 *     reconnect at once do not starve those that are served
 * @param silence how long a stream may say nothing; a proxy's first message comes right behind the
 *     beginning of its stream
 * @param tick what waits on a stream for its proxy to let go of something, or to ask for something,
 *     waits for one to two of these
 */
public record DeliverySettings(
    int streams, int newStreamsPerSecond, Duration silence, Duration tick) {

  /** Long for a proxy on a bad line, short for who only holds a place. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  /** A proxy does what is waited for within milliseconds, if it does it at all. */
  private static final Duration TICK = Duration.ofSeconds(5);

  /**
   * How many streams that have said nothing may be open: so many begin in two seconds at the
   * default rate, and a proxy's first message takes milliseconds.
   */
  static final int NEWCOMERS = 1_024;

  /** The same from one address. */
  static final int NEWCOMERS_OF_HOST = 256;

  /** 10,000 streams, 500 new ones a second. */
  public static final DeliverySettings DEFAULTS = new DeliverySettings(10_000, 500);

  /** Refuses numbers below 1 with an {@link IllegalArgumentException}. */
  public DeliverySettings {
    if (streams < 1 || newStreamsPerSecond < 1) {
      throw new IllegalArgumentException(
          "Limits must be at least 1, found " + streams + " and " + newStreamsPerSecond);
    }
  }

  /** With the usual patience for silent streams. */
  public DeliverySettings(int streams, int newStreamsPerSecond) {
    this(streams, newStreamsPerSecond, SILENCE, TICK);
  }

  /** The same with another {@code silence}. */
  public DeliverySettings withSilence(Duration longest) {
    return new DeliverySettings(streams, newStreamsPerSecond, longest, tick);
  }

  /** The same with another {@code tick}. */
  public DeliverySettings withTick(Duration each) {
    return new DeliverySettings(streams, newStreamsPerSecond, silence, each);
  }
}
