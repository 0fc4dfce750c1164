package dev.skiffmesh.server.logging;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds how often a thing is said: within an interval so many times for each subject (a proxy, a
 * source) and so many times for all of them. What was left out is counted and told with the next
 * one that is said. Thread-safe; reads no clock.
 */
final class Repeats {

  /** Subjects are named by peers, so that their number is no secret of ours. */
  private static final int REMEMBERED = 2_000;

  /** What was left out and is to be told; negative if this one is left out, too. */
  static final long LEFT_OUT = -1;

  private static final class Window {
    private long began;
    private int said;
    private long left;

    Window(long now) {
      began = now;
    }
  }

  private final long interval;
  private final int mostOfSubject;
  private final int mostOfAll;
  private final Map<String, Window> windows =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * Nothing has been said.
   *
   * @param intervalMillis how long a window is
   * @param mostOfSubject of one thing about one subject in a window
   * @param mostOfAll of one thing in a window
   */
  Repeats(long intervalMillis, int mostOfSubject, int mostOfAll) {
    this.interval = intervalMillis;
    this.mostOfSubject = mostOfSubject;
    this.mostOfAll = mostOfAll;
  }

  /**
   * Whether something is to be said.
   *
   * @param what the thing
   * @param subject about whom; empty for nobody
   * @param now in milliseconds
   * @return {@link #LEFT_OUT}, or how many were left out since the last one that was said
   */
  synchronized long say(String what, String subject, long now) {
    Window all = window(what, now);
    Window one = subject.isEmpty() ? all : window(what + '\n' + subject, now);
    if (all.said >= mostOfAll || one.said >= (subject.isEmpty() ? mostOfAll : mostOfSubject)) {
      // Told once: with its subject if that one spoke too often, else with the thing.
      (all.said >= mostOfAll ? all : one).left++;
      return LEFT_OUT;
    }
    all.said++;
    long left = all.left;
    all.left = 0;
    if (one != all) {
      one.said++;
      left += one.left;
      one.left = 0;
    }
    return left;
  }

  private Window window(String key, long now) {
    Window window = windows.computeIfAbsent(key, _ -> new Window(now));
    // A clock that was set back begins a new window as well.
    if (now - window.began >= interval || now < window.began) {
      window.began = now;
      window.said = 0;
    }
    return window;
  }
}
