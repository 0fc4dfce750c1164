package dev.skiffmesh.registry.core;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link SourceThread} on one virtual thread. */
final class VirtualSourceThread implements SourceThread {

  private static final Logger log = LoggerFactory.getLogger(VirtualSourceThread.class);

  /** A task that ignores its interruption for so long has a defect that is worth a line. */
  private static final long PATIENCE_SECONDS = 10;

  private final String name;
  private final ScheduledThreadPoolExecutor executor;
  private final AtomicReference<@Nullable Thread> running = new AtomicReference<>();

  VirtualSourceThread(String name) {
    this.name = name;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofVirtual().name(name).factory(), new ThreadPoolExecutor.DiscardPolicy());
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(() -> guarded(task));
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // A task reports its own failures, see guarded().
  public void after(Duration delay, Runnable task) {
    executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    executor.shutdownNow();
    if (Thread.currentThread().equals(running.get())) {
      return;
    }
    try {
      if (!executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        log.atError().addKeyValue("thread", name).log("A source's task does not end");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void guarded(Runnable task) {
    running.set(Thread.currentThread());
    try {
      task.run();
    } catch (RuntimeException | Error defect) {
      log.atError().addKeyValue("thread", name).setCause(defect).log("A source's task failed");
    } finally {
      running.set(null);
    }
  }
}
