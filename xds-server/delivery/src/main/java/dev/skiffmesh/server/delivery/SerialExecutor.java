package dev.skiffmesh.server.delivery;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they were given, on threads of a shared
 * pool. A stream whose tasks never end keeps one thread from the others for {@value #IN_A_ROW}
 * tasks at most. One that throws is logged, and the next one runs.
 */
final class SerialExecutor implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

  private static final int IN_A_ROW = 16;

  private final Executor pool;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  SerialExecutor(Executor pool) {
    this.pool = pool;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      pool.execute(this::drain);
    }
  }

  private void drain() {
    for (int done = 0; done < IN_A_ROW; done++) {
      Runnable task = tasks.poll();
      if (task != null) {
        run(task);
      }
      if (waiting.decrementAndGet() == 0) {
        return;
      }
    }
    pool.execute(this::drain);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      // Whatever happened in one task, those behind it are still to be done.
      LOG.atError().setCause(e).log("A task of a stream failed; its next ones go on");
    }
  }
}
