package dev.skiffmesh.registry.core;

import java.io.IOException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread of its own that asks one thing again and again: a long poll, a watch, a question whether
 * somebody is still there. Only {@link #close} ends it: after whatever a round throws, the next one
 * follows with longer and longer waits. Thread-safe.
 */
public final class Follower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

  /** A round that ignores its interruption for so long has a defect that is worth a line. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Thread thread;
  private final Round round;
  private final Failed failed;
  private volatile boolean isClosed;

  /** One time of the many. */
  @FunctionalInterface
  public interface Round {
    /**
     * Asks; an interruption is heard soon.
     *
     * @return how long to wait for the next round
     */
    Duration run() throws IOException, InterruptedException;
  }

  /** Hears of rounds that failed, on the follower's thread. */
  @FunctionalInterface
  public interface Failed {
    /** Takes what a round threw. */
    void accept(Throwable failure);
  }

  private Follower(String name, Round round, Failed failed) {
    this.round = round;
    this.failed = failed;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::follow);
  }

  /**
   * One that has begun.
   *
   * @param name of its thread
   */
  public static Follower start(String name, Round round, Failed failed) {
    Follower follower = new Follower(name, round, failed);
    follower.thread.start();
    return follower;
  }

  /** Ends the round that runs, or the wait for the next, which begins at once. */
  public void interrupt() {
    thread.interrupt();
  }

  /** No further round begins, and the one that runs is interrupted; does not wait for its end. */
  public void stop() {
    isClosed = true;
    thread.interrupt();
  }

  /** Ends it; when this returns nothing runs any more, unless a round called it. */
  @Override
  public void close() {
    stop();
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      if (!thread.join(PATIENCE)) {
        LOG.atWarn()
            .addKeyValue("thread", thread.getName())
            .log("A thread of a source did not end in time");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    int failures = 0;
    while (!isClosed) {
      try {
        Duration wait;
        try {
          wait = round.run();
          failures = 0;
        } catch (IOException | RuntimeException | Error failure) {
          failures++;
          wait = Backoff.DEFAULT.delay(failures, RandomGenerator.getDefault());
          report(failure);
        }
        Thread.sleep(wait);
      } catch (InterruptedException woken) {
        // It is closed, or is to ask anew.
      }
    }
  }

  private void report(Throwable failure) {
    if (isClosed) {
      return;
    }
    if (!(failure instanceof IOException)) {
      LOG.atError()
          .addKeyValue("thread", thread.getName())
          .setCause(failure)
          .log("A round of a source failed");
    }
    try {
      failed.accept(failure);
    } catch (RuntimeException | Error defect) {
      LOG.atError().addKeyValue("thread", thread.getName()).setCause(defect).log("Nobody heard it");
    }
  }
}
