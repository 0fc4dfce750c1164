package dev.skiffmesh.registry.nacos;

import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers after a loss that are not believed yet, by the service of which they say less than was
 * known. Not thread-safe.
 */
final class HeldBack {

  private final Duration settle;
  private final NavigableMap<String, Held> held = new TreeMap<>();

  /**
   * Nothing is held back.
   *
   * @param settle for how long an answer must stay the same to be believed
   */
  HeldBack(Duration settle) {
    this.settle = settle;
  }

  /**
   * An answer, and what it says.
   *
   * @param content null if the service is gone
   */
  void hold(String service, @Nullable MappedService content, Instant now) {
    held.put(service, Held.after(held.get(service), content, now));
  }

  /** What was held back of the service is out of date. */
  void drop(String service) {
    held.remove(service);
  }

  /** All of it is. */
  void clear() {
    held.clear();
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** What is to be believed by now, by service. */
  SortedMap<String, Held> ripe(Instant now) {
    SortedMap<String, Held> ripe = new TreeMap<>(held);
    ripe.values().removeIf(waiting -> !waiting.isRipe(now, settle));
    return ripe;
  }

  /**
   * An answer that is not believed yet.
   *
   * @param content null if the service was not listed at all
   * @param since when exactly this was said first
   * @param first when something unbelievable was said first
   */
  record Held(@Nullable MappedService content, Instant since, Instant first) {

    private static final int LONGEST_HOLD = 3;

    static Held after(@Nullable Held before, @Nullable MappedService content, Instant now) {
      if (before == null) {
        return new Held(content, now, now);
      }
      return Objects.equals(before.content, content)
          ? before
          : new Held(content, now, before.first);
    }

    boolean isRipe(Instant now, Duration settle) {
      return !now.isBefore(since.plus(settle))
          || !now.isBefore(first.plus(settle.multipliedBy(LONGEST_HOLD)));
    }
  }
}
