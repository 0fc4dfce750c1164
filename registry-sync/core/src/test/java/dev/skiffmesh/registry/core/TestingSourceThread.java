package dev.skiffmesh.registry.core;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * A {@link SourceThread} whose time stands still until a test moves it; tasks run in the test's own
 * thread. Anybody may add tasks.
 */
public final class TestingSourceThread implements SourceThread {

  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparing(Waiting::due).thenComparingLong(Waiting::turn));
  private Duration now = Duration.ZERO;
  private long turns;
  private boolean closed;

  private record Waiting(Duration due, long turn, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    after(Duration.ZERO, task);
  }

  @Override
  public synchronized void after(Duration delay, Runnable task) {
    if (!closed) {
      waiting.add(new Waiting(now.plus(delay), turns++, task));
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    waiting.clear();
  }

  /** How far the time was moved since the start. */
  public synchronized Duration now() {
    return now;
  }

  /** Runs all that is due by then, in the order of its time. */
  public void advance(Duration time) {
    Duration end = now().plus(time);
    for (Optional<Waiting> next = due(end); next.isPresent(); next = due(end)) {
      next.get().task().run();
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized Optional<Waiting> due(Duration end) {
    if (waiting.isEmpty() || waiting.peek().due().compareTo(end) > 0) {
      return Optional.empty();
    }
    Waiting next = waiting.remove();
    now = next.due();
    return Optional.of(next);
  }
}
