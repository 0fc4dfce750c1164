package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.server.state.SavedDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The documents that wait for the disk, and who waits for them. They are written in slices: what
 * came last goes first, so that one document never waits for thousands that came before it, and no
 * document is written twice because others came meanwhile. Confined to the control thread.
 */
final class UnwrittenDocuments {

  /** So many take some tenths of a second on a slow disk. */
  static final int SLICE = 100;

  private record Waiting(Set<DocumentKey> left, Runnable next) {}

  /** To be forgotten where empty. */
  private final LinkedHashMap<DocumentKey, Optional<SavedDocument>> waiting = new LinkedHashMap<>();

  /** What could not be written; it waits for another try. */
  private final Map<DocumentKey, Optional<SavedDocument>> failed = new LinkedHashMap<>();

  private final List<Waiting> waiters = new ArrayList<>();
  private Map<DocumentKey, Optional<SavedDocument>> underWay = Map.of();
  private String problem = "";

  /** Puts documents in front of all others; {@code next} runs once they were tried. */
  void add(PolicyLedger.Unsaved documents, Runnable next) {
    Set<DocumentKey> keys = new HashSet<>();
    // Each is put first, so that in the end they stand in their order.
    documents.forget().reversed().forEach(key -> add(keys, key, Optional.empty()));
    documents
        .save()
        .reversed()
        .forEach(document -> add(keys, document.key(), Optional.of(document)));
    if (keys.isEmpty()) {
      next.run();
    } else {
      waiters.add(new Waiting(keys, next));
    }
  }

  private void add(Set<DocumentKey> keys, DocumentKey key, Optional<SavedDocument> document) {
    keys.add(key);
    failed.remove(key);
    waiting.putFirst(key, document);
  }

  /** What failed is to be tried again, behind all others. */
  void again() {
    failed.forEach(waiting::putLast);
    failed.clear();
  }

  /** Tells whether something is not written and not under way. */
  boolean isBehind() {
    return !waiting.isEmpty() || !failed.isEmpty();
  }

  /** Why documents could not be written; empty if none is left of them. */
  String problem() {
    return failed.isEmpty() ? "" : problem;
  }

  /** What to write now; nothing while a slice is under way. */
  Map<DocumentKey, Optional<SavedDocument>> take() {
    if (!underWay.isEmpty()) {
      return Map.of();
    }
    Map<DocumentKey, Optional<SavedDocument>> slice = new LinkedHashMap<>();
    while (slice.size() < SLICE && !waiting.isEmpty()) {
      Map.Entry<DocumentKey, Optional<SavedDocument>> first = waiting.pollFirstEntry();
      slice.put(first.getKey(), first.getValue());
    }
    underWay = slice;
    return slice;
  }

  /**
   * The slice has been tried.
   *
   * @param unwritten what of it could not be written
   * @param why in words for the user
   * @return what is to run now
   */
  List<Runnable> tried(Set<DocumentKey> unwritten, String why) {
    Map<DocumentKey, Optional<SavedDocument>> slice = underWay;
    underWay = Map.of();
    for (DocumentKey key : unwritten) {
      // What has been replaced since is tried anyway.
      if (!waiting.containsKey(key)) {
        failed.put(key, Optional.ofNullable(slice.get(key)).flatMap(known -> known));
        problem = why;
      }
    }
    List<Runnable> next = new ArrayList<>();
    waiters.removeIf(
        waiter -> {
          waiter.left().removeIf(key -> slice.containsKey(key) && !waiting.containsKey(key));
          return waiter.left().isEmpty() && next.add(waiter.next());
        });
    return next;
  }
}
