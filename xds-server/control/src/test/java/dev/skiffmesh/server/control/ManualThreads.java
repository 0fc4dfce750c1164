package dev.skiffmesh.server.control;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Threads and time that stand still until a test moves them. Used by one thread. */
final class ManualThreads implements ControlThreads {

  static final Instant BEGINNING = Instant.parse("2026-11-23T08:00:00Z");

  private record Timer(long due, long number, Runnable task) {}

  private final @Nullable Random order;
  private final Deque<Runnable> control = new ArrayDeque<>();
  private final List<Runnable> translation = new ArrayList<>();
  private final Deque<Runnable> writing = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::due).thenComparingLong(Timer::number));
  private long now;
  private long timersMade;
  private Duration wallAhead = Duration.ZERO;
  private boolean writingHeld;
  private boolean translationHeld;

  ManualThreads() {
    this(null);
  }

  /** Chooses at random what runs next among what real threads could run next. */
  ManualThreads(@Nullable Random order) {
    this.order = order;
  }

  @Override
  public void control(Runnable task) {
    control.add(task);
  }

  @Override
  public void controlAfter(Duration delay, Runnable task) {
    timers.add(new Timer(now + delay.toNanos(), timersMade++, task));
  }

  @Override
  public void translation(Runnable task) {
    translation.add(task);
  }

  @Override
  public void writing(Runnable task) {
    writing.add(task);
  }

  @Override
  public int waiting() {
    return control.size();
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void close() {
    control.clear();
    translation.clear();
    writing.clear();
    timers.clear();
  }

  /** Somebody sets the wall clock; zero is right. */
  void setWall(Duration ahead) {
    wallAhead = ahead;
  }

  /** A wall clock that moves with this time, but for what it is set to. */
  Clock clock() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return BEGINNING.plusNanos(now).plus(wallAhead);
      }
    };
  }

  void holdWriting(boolean held) {
    writingHeld = held;
  }

  void holdTranslation(boolean held) {
    translationHeld = held;
  }

  int waitingTranslations() {
    return translation.size();
  }

  /** Runs all that can run without time passing. */
  void run() {
    while (step()) {
      // Each step may make the next one possible.
    }
  }

  /** Runs one task; false if there is none. */
  boolean step() {
    List<Runnable> choices = new ArrayList<>();
    if (!control.isEmpty()) {
      choices.add(() -> control.remove().run());
    }
    if (!translationHeld) {
      for (Runnable task : translation) {
        choices.add(
            () -> {
              translation.remove(task);
              task.run();
            });
      }
    }
    if (!writingHeld && !writing.isEmpty()) {
      choices.add(() -> writing.remove().run());
    }
    if (choices.isEmpty()) {
      return false;
    }
    choices.get(order == null ? 0 : order.nextInt(choices.size())).run();
    return true;
  }

  /** Time passes while nothing runs, as when a machine is suspended. */
  void sleep(Duration duration) {
    now += duration.toNanos();
    advance(Duration.ZERO);
  }

  /** Time passes, and whatever is due stays undone, as when a thread hangs. */
  void hang(Duration duration) {
    now += duration.toNanos();
  }

  /** Lets time pass, running what becomes due in its order. */
  void advance(Duration duration) {
    long end = now + duration.toNanos();
    run();
    while (!timers.isEmpty() && timers.peek().due() <= end) {
      Timer timer = timers.remove();
      now = Math.max(now, timer.due());
      control.add(timer.task());
      run();
    }
    now = end;
  }
}
