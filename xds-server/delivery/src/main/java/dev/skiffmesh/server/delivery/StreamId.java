package dev.skiffmesh.server.delivery;

/**
 * Tells the streams of this process apart; larger is newer.
 *
 * @param number from 1
 */
public record StreamId(long number) implements Comparable<StreamId> {
  @Override
  public int compareTo(StreamId other) {
    return Long.compare(number, other.number);
  }
}
