package dev.skiffmesh.e2e.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What the demo has started, ended in reverse order, once: at the end of the demo or when the
 * process is told to stop, whichever comes first. Thread-safe.
 */
final class Started implements AutoCloseable {

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean closed;

  /** A list that also ends its parts when this JVM is told to stop (Ctrl-C). */
  static Started untilStopped() {
    Started started = new Started();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("demo-stop").unstarted(started::close));
    return started;
  }

  /**
   * Remembers {@code part}; ends it at once if all was ended while it started.
   *
   * @throws IllegalStateException in that case
   */
  <T extends AutoCloseable> T add(T part) {
    synchronized (parts) {
      if (!closed) {
        parts.push(part);
        return part;
      }
    }
    end(part);
    throw new IllegalStateException("The demo was stopped while it started");
  }

  /** Tells whether the end has begun. */
  boolean isClosed() {
    synchronized (parts) {
      return closed;
    }
  }

  @Override
  public void close() {
    while (true) {
      AutoCloseable part;
      synchronized (parts) {
        closed = true;
        part = parts.poll();
      }
      if (part == null) {
        return;
      }
      end(part);
    }
  }

  /** One part that does not end well must not keep the others alive. */
  private static void end(AutoCloseable part) {
    try {
      part.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      System.err.println("skiff: stopping " + part.getClass().getSimpleName() + ": " + e);
    }
  }
}
