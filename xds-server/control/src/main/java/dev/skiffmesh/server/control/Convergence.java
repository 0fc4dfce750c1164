package dev.skiffmesh.server.control;

import dev.skiffmesh.server.delivery.ProxyAnswer;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures from a source's event to the last acknowledgement of what it changed. Confined to the
 * control thread.
 *
 * <p>Proxies that never asked for a resource never answer; they are given up after {@link
 * #PATIENCE}, and the measure is then the last answer that did come.
 */
final class Convergence {

  /** Far above what an acknowledgement takes, and short enough to bound the memory. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** A resource of one version. */
  record Sent(ResourceKind kind, String name, String version) {}

  private record Place(ResourceKind kind, String name) {}

  private static final class Change {
    private final long began;
    private int open;
    private boolean answered;
    private long lastAnswer;

    private Change(long began) {
      this.began = began;
    }
  }

  private record Waiting(String version, long sentAt, List<Change> changes) {}

  private final Consumer<Duration> converged;
  private final Map<StreamId, Map<Place, Waiting>> waiting = new HashMap<>();
  private final Map<Long, Change> changes = new HashMap<>();

  Convergence(Consumer<Duration> converged) {
    this.converged = converged;
  }

  /**
   * Keeps one change open until one stream has been given what it changed, so that the first answer
   * of another stream is not taken for the last.
   */
  final class Hold {
    private final @Nullable Change change;
    private boolean released;

    private Hold(@Nullable Change change) {
      this.change = change;
      if (change != null) {
        change.open++;
      }
    }

    /** The stream is given something because of the change; nothing once it was released. */
    void published(StreamId stream, List<Sent> sent, long now) {
      if (change != null && !released) {
        Convergence.this.published(stream, sent, change, now);
      }
    }

    /** The stream has been given all that it will be; nothing happens the second time. */
    void release(long now) {
      if (change != null && !released) {
        released = true;
        settle(change, false, now);
      }
    }
  }

  /**
   * One stream will be given something because of an event, or find that there is nothing.
   *
   * @param began when the event came; null if there was none, which is not measured
   */
  Hold hold(@Nullable Long began) {
    return new Hold(began == null ? null : changes.computeIfAbsent(began, Change::new));
  }

  /**
   * Something was published because of an event.
   *
   * @param began when the event came; the same number for all streams that one change goes to
   */
  void published(StreamId stream, List<Sent> sent, long began, long now) {
    if (sent.isEmpty()) {
      return;
    }
    published(stream, sent, changes.computeIfAbsent(began, Change::new), now);
  }

  private void published(StreamId stream, List<Sent> sent, Change change, long now) {
    if (sent.isEmpty()) {
      return;
    }
    Map<Place, Waiting> ofStream = waiting.computeIfAbsent(stream, _ -> new HashMap<>());
    for (Sent one : sent) {
      Place place = new Place(one.kind(), one.name());
      List<Change> behind = new ArrayList<>();
      Waiting before = ofStream.get(place);
      if (before != null) {
        // The newer content will be answered in place of the older one.
        behind.addAll(before.changes());
      }
      if (!behind.contains(change)) {
        behind.add(change);
        change.open++;
      }
      ofStream.put(place, new Waiting(one.version(), now, behind));
    }
  }

  /** A proxy has answered. */
  void answered(ProxyAnswer ack, long now) {
    Map<Place, Waiting> ofStream = waiting.get(ack.stream());
    if (ofStream == null) {
      return;
    }
    boolean accepted = ack.error().isEmpty();
    ack.versions()
        .forEach(
            (name, version) -> {
              Place place = new Place(ack.kind(), name);
              Waiting known = ofStream.get(place);
              if (known != null && known.version().equals(version)) {
                ofStream.remove(place);
                known.changes().forEach(change -> settle(change, accepted, now));
              }
            });
    if (ofStream.isEmpty()) {
      waiting.remove(ack.stream());
    }
  }

  /** A stream has ended. */
  void closed(StreamId stream, long now) {
    Map<Place, Waiting> ofStream = waiting.remove(stream);
    if (ofStream != null) {
      ofStream
          .values()
          .forEach(known -> known.changes().forEach(change -> settle(change, false, now)));
    }
  }

  /** Gives up those that have kept silent for too long. */
  void expire(long now) {
    for (Map<Place, Waiting> ofStream : waiting.values()) {
      ofStream
          .values()
          .removeIf(
              known -> {
                boolean over = now - known.sentAt() > PATIENCE.toNanos();
                if (over) {
                  known.changes().forEach(change -> settle(change, false, now));
                }
                return over;
              });
    }
    waiting.values().removeIf(Map::isEmpty);
  }

  private void settle(Change change, boolean accepted, long now) {
    change.open--;
    if (accepted) {
      change.answered = true;
      change.lastAnswer = now;
    }
    if (change.open == 0) {
      changes.remove(change.began);
      if (change.answered) {
        converged.accept(Duration.ofNanos(change.lastAnswer - change.began));
      }
    }
  }
}
