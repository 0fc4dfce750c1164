package dev.skiffmesh.server.control;

import java.time.Duration;

/**
 * Where the control loop's work runs; no method but {@link #close} blocks. Work that is refused at
 * the end is lost.
 */
public interface ControlThreads extends AutoCloseable {

  /** Runs {@code task} on the control thread, after all that was given before. */
  void control(Runnable task);

  /** Runs {@code task} on the control thread once {@code delay} has passed. */
  void controlAfter(Duration delay, Runnable task);

  /** Runs {@code task} on the translation pool, in no order. */
  void translation(Runnable task);

  /** Runs {@code task} on the one thread that writes state, after all that was given before. */
  void writing(Runnable task);

  /** How many tasks wait for the control thread, those that are to wait still not counted. */
  int waiting();

  /** Time that only runs forward, in nanoseconds from an arbitrary moment. */
  long nanos();

  /** Ends the threads, waiting a few seconds for what has begun. */
  @Override
  void close();

  /**
   * Real threads.
   *
   * @param translators the size of the translation pool, at least 1
   */
  static ControlThreads start(int translators) {
    return new PlatformThreads(translators);
  }
}
