package dev.skiffmesh.server.control;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One control thread, a fixed pool for translation and one thread that writes state. */
final class PlatformThreads implements ControlThreads {

  private static final long LAST_WORDS_SECONDS = 5;

  private final ScheduledThreadPoolExecutor control =
      new ScheduledThreadPoolExecutor(1, named("skiff-control"));
  private final ExecutorService writer = Executors.newSingleThreadExecutor(named("skiff-state"));
  private final ExecutorService translators;
  private final AtomicInteger waiting = new AtomicInteger();

  PlatformThreads(int translators) {
    this.translators = Executors.newFixedThreadPool(translators, named("skiff-translate-"));
    // A timer that is due in the future must not keep the process alive after the end.
    control.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private static ThreadFactory named(String name) {
    return name.endsWith("-")
        ? Thread.ofPlatform().name(name, 0).daemon().factory()
        : Thread.ofPlatform().name(name).daemon().factory();
  }

  @Override
  public void control(Runnable task) {
    waiting.incrementAndGet();
    boolean taken =
        submit(
            control,
            () -> {
              waiting.decrementAndGet();
              task.run();
            });
    if (!taken) {
      waiting.decrementAndGet();
    }
  }

  @Override
  public int waiting() {
    return waiting.get();
  }

  @Override
  public void controlAfter(Duration delay, Runnable task) {
    try {
      var _ = control.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      // The loop has ended; see the interface.
    }
  }

  @Override
  public void translation(Runnable task) {
    var _ = submit(translators, task);
  }

  @Override
  public void writing(Runnable task) {
    var _ = submit(writer, task);
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  /** Returns false if the loop has ended; see the interface. */
  private static boolean submit(ExecutorService executor, Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }

  @Override
  public void close() {
    // Results of translations go to the control thread, and its last words to the state folder.
    for (ExecutorService executor : List.of(translators, control, writer)) {
      executor.shutdown();
      try {
        if (!executor.awaitTermination(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
          var _ = executor.shutdownNow();
        }
      } catch (InterruptedException _) {
        var _ = executor.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
  }
}
