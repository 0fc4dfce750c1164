package dev.skiffmesh.server.control;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Work that leaves the control thread and always comes back to it, with what it found or why not.
 */
final class Errand {

  private Errand() {}

  /**
   * Works on the pool, then tells the control thread; exactly one of the two is told.
   *
   * @param done what to do with the result
   * @param failed what to do with whatever was thrown
   */
  static <T> void run(
      ControlThreads threads, Supplier<T> work, Consumer<T> done, Consumer<Throwable> failed) {
    threads.translation(
        () -> {
          T result;
          try {
            result = work.get();
          } catch (RuntimeException | Error e) {
            threads.control(() -> failed.accept(e));
            return;
          }
          threads.control(() -> done.accept(result));
        });
  }
}
