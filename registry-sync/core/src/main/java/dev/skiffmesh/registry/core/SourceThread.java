package dev.skiffmesh.registry.core;

import java.time.Duration;

/**
 * The one thread of a source: tasks run one after the other, so that a source needs no locks of its
 * own. A task that throws is logged and the thread goes on.
 */
public interface SourceThread extends AutoCloseable {

  /** Runs {@code task} after those that wait already; nothing happens once closed. Thread-safe. */
  void execute(Runnable task);

  /** Runs {@code task} after {@code delay}; nothing happens once closed. Thread-safe. */
  void after(Duration delay, Runnable task);

  /**
   * Ends the thread: what waits is dropped, what runs is interrupted, and when this returns nothing
   * runs any more (unless a task itself called it).
   */
  @Override
  void close();

  /** A virtual thread of that name. */
  static SourceThread named(String name) {
    return new VirtualSourceThread(name);
  }
}
