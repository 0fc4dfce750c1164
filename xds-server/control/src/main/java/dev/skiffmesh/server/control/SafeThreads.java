package dev.skiffmesh.server.control;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that outlive a fault in a task: it is logged, and the next task runs. An error is a fault
 * as well: a stack that overflowed is gone with the task, a class that is missing is missed by one
 * task. Where memory is at its end, the virtual machine ends by its flag before anybody can catch
 * it.
 */
record SafeThreads(ControlThreads threads) implements ControlThreads {

  private static final Logger LOG = LoggerFactory.getLogger(SafeThreads.class);

  static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.atError().setCause(e).log("A step of the control loop failed; the loop goes on");
      }
    };
  }

  @Override
  public void control(Runnable task) {
    threads.control(guarded(task));
  }

  @Override
  public void controlAfter(Duration delay, Runnable task) {
    threads.controlAfter(delay, guarded(task));
  }

  @Override
  public void translation(Runnable task) {
    threads.translation(guarded(task));
  }

  @Override
  public void writing(Runnable task) {
    threads.writing(guarded(task));
  }

  @Override
  public int waiting() {
    return threads.waiting();
  }

  @Override
  public long nanos() {
    return threads.nanos();
  }

  @Override
  public void close() {
    threads.close();
  }
}
