package dev.skiffmesh.api.source;

import dev.skiffmesh.api.document.RawDocument;
import java.time.Duration;
import java.util.Optional;

/**
 * A registry or a policy store, watched. A source owns its threads, recovers from every outage by
 * itself, and never throws at the loop.
 */
public interface Source extends AutoCloseable {

  /** The configured name; unique among the sources. */
  String name();

  /** The type's word in the configuration: {@code file}, {@code nacos}, ... */
  String type();

  /**
   * Begins to watch and returns at once; called once. An outage at the start is not an error: the
   * source sends {@link SourceEvent.Lost} and goes on trying.
   *
   * @param sink where the events go
   */
  void start(Sink sink);

  /**
   * How long ago the registry or store last answered in full; empty if it never did. Events do not
   * tell: nothing happens for days in a store that is well. What harms (injected faults) is renewed
   * only while its source answers, so that a source which does not know says nothing here, and none
   * of its policies ever harms anybody. Thread-safe, never blocks; measured on a clock that nobody
   * sets.
   */
  default Optional<Duration> silence() {
    return Optional.empty();
  }

  /**
   * Tells whether people write what the source holds, as files: then a service that is gone was
   * taken out by somebody. Elsewhere instances come and go with leases, heartbeats and controllers,
   * and what suddenly lists much less than before is doubted for a while.
   */
  default boolean isWritten() {
    return false;
  }

  /** Stops watching and ends the source's threads; no event is sent after it returns. */
  @Override
  void close();

  /**
   * Where a source's events go; thread-safe, keeps the order of each calling thread, never blocks.
   */
  @FunctionalInterface
  interface Sink {
    /** Takes one event. */
    void accept(SourceEvent event);

    /**
     * Hears that a policy document is likely to be told soon, from a thread that nobody waits for:
     * what takes its time to be understood may be understood here. Nothing follows from it, and a
     * source may leave it out.
     */
    default void expect(RawDocument document) {}
  }
}
