package dev.skiffmesh.registry.core;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A {@link SourceThread} whose time stands still until a test moves it; tasks run in the test's own
 * thread.
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
  public void after(Duration delay, Runnable task) {
    if (!closed) {
      waiting.add(new Waiting(now.plus(delay), turns++, task));
    }
  }

  @Override
  public void close() {
    closed = true;
    waiting.clear();
  }

  /** Runs all that is due by then, in the order of its time. */
  public void advance(Duration time) {
    Duration end = now.plus(time);
    while (!waiting.isEmpty() && waiting.peek().due().compareTo(end) <= 0) {
      Waiting next = waiting.remove();
      now = next.due();
      next.task().run();
    }
    now = end;
  }
}
