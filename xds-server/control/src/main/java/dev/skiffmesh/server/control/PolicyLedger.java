package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.server.state.SavedDocument;
import dev.skiffmesh.server.status.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Which version of each policy document counts: counts the contents under a key, keeps the last
 * good one in force when a newer one is refused, and knows when a policy's time is over. Confined
 * to the control thread.
 */
final class PolicyLedger {

  /**
   * What must be written before the ledger's new content takes effect.
   *
   * @param save to be kept
   * @param forget to be forgotten
   */
  record Unsaved(List<SavedDocument> save, List<DocumentKey> forget) {
    boolean isEmpty() {
      return save.isEmpty() && forget.isEmpty();
    }
  }

  /** So much two machines' clocks may differ without anybody being wrong. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

  private final PolicyReader reader;
  private final List<SourceState> sources;

  /** What the state folder knows and no source has confirmed; only its counting matters. */
  private final Map<DocumentKey, SavedDocument> remembered = new HashMap<>();

  private TreePMap<DocumentKey, LedgerEntry> entries = TreePMap.empty();

  /**
   * An empty ledger.
   *
   * @param sources in order of priority
   */
  PolicyLedger(PolicyReader reader, List<SourceState> sources) {
    this.reader = reader;
    this.sources = List.copyOf(sources);
  }

  /** All documents; persistent, so it may be kept. */
  TreePMap<DocumentKey, LedgerEntry> entries() {
    return entries;
  }

  /**
   * Takes in what the state folder knows of one document; the source's state has its text. What was
   * accepted in the future (the clock was wrong then, or is now) was accepted now: nothing that
   * ends by itself may last much longer than it was given.
   */
  void restore(SavedDocument saved, Instant now) {
    SavedDocument.Good good = saved.lastGood();
    remembered.put(
        saved.key(),
        good == null || !good.acceptedAt().isAfter(now.plus(CLOCKS_DIFFER))
            ? saved
            : new SavedDocument(
                saved.key(),
                saved.generation(),
                saved.newestText(),
                new SavedDocument.Good(good.document(), good.generation(), now)));
  }

  /**
   * Looks at {@code keys} anew. Afterwards {@link #entries} is what should be in force once the
   * answer is durable.
   */
  Unsaved settle(Set<DocumentKey> keys, Instant now) {
    List<SavedDocument> save = new ArrayList<>();
    List<DocumentKey> forget = new ArrayList<>();
    for (DocumentKey key : keys) {
      LedgerEntry before = entries.get(key);
      LedgerEntry after = settle(key, before, now);
      if (after == null) {
        entries = entries.minus(key);
        if (before != null) {
          forget.add(key);
        }
      } else if (!after.equals(before)) {
        entries = entries.plus(key, after);
        SavedDocument toSave = saved(after);
        if (!toSave.equals(remembered.put(key, toSave))) {
          save.add(toSave);
        }
      }
    }
    forget.forEach(remembered::remove);
    return new Unsaved(save, forget);
  }

  /** Where a document stands, in the source that has it or had it last; empty if nobody knows. */
  String place(DocumentKey key) {
    return sources.stream()
        .flatMap(source -> source.document(key).stream())
        .map(RawDocument::origin)
        .findFirst()
        .or(() -> Optional.ofNullable(entries.get(key)).map(LedgerEntry::origin))
        .map(origin -> origin.source() + ' ' + origin.portion())
        .orElse("");
  }

  private @Nullable LedgerEntry settle(DocumentKey key, @Nullable LedgerEntry before, Instant now) {
    SourceState winner = null;
    RawDocument document = null;
    List<Origin> overshadowed = new ArrayList<>();
    for (SourceState source : sources) {
      Optional<RawDocument> found = source.document(key);
      if (found.isPresent() && document == null) {
        winner = source;
        document = found.get();
      } else {
        found.ifPresent(loser -> overshadowed.add(loser.origin()));
      }
    }
    if (winner == null || document == null) {
      return null;
    }
    LedgerEntry known = before == null ? afterRestart(key) : before;
    return winner.isUnconfirmed(key)
        ? known == null ? null : withOvershadowed(known, overshadowed)
        : told(known, document, overshadowed, now);
  }

  /** What was in force before the restart, understood anew; null if nothing was. */
  private @Nullable LedgerEntry afterRestart(DocumentKey key) {
    SavedDocument saved = remembered.get(key);
    SavedDocument.Good good = saved == null ? null : saved.lastGood();
    if (saved == null || good == null) {
      return null;
    }
    RawDocument document = good.document();
    return switch (reader.understand(document, good.generation())) {
      case Decoded.Ok<Policy<?>>(Policy<?> policy) ->
          new LedgerEntry(
              key,
              document.origin().source(),
              document.origin(),
              saved.generation(),
              saved.newestText(),
              List.of(),
              new LedgerEntry.Good(document, policy, good.acceptedAt()),
              List.of());
      // An older Skiff accepted what this one refuses.
      case Decoded.Rejected<Policy<?>>(List<Violation> violations) ->
          refused(document, saved.generation(), violations, null, List.of());
    };
  }

  /** Nobody has said anything of it since the restart: what was in force stays so. */
  private static LedgerEntry withOvershadowed(LedgerEntry known, List<Origin> overshadowed) {
    return new LedgerEntry(
        known.key(),
        known.source(),
        known.origin(),
        known.generation(),
        known.newestText(),
        known.violations(),
        known.lastGood(),
        overshadowed);
  }

  private @Nullable LedgerEntry told(
      @Nullable LedgerEntry before, RawDocument document, List<Origin> overshadowed, Instant now) {
    SavedDocument known = remembered.get(document.key());
    boolean sameText = known != null && known.newestText().equals(document.text());
    long generation = known == null ? 1 : sameText ? known.generation() : known.generation() + 1;
    Optional<Decoded<Policy<?>>> understood =
        reader.read(document.origin().source(), document, generation);
    if (understood.isEmpty()) {
      // Its source has told a newer version, whose event is on its way and brings the key here
      // again.
      return before;
    }
    return switch (understood.get()) {
      case Decoded.Ok<Policy<?>>(Policy<?> policy) ->
          new LedgerEntry(
              document.key(),
              document.origin().source(),
              document.origin(),
              generation,
              document.text(),
              List.of(),
              new LedgerEntry.Good(
                  document,
                  policy,
                  acceptedAt(known, document).orElse(now.truncatedTo(ChronoUnit.MILLIS))),
              overshadowed);
      case Decoded.Rejected<Policy<?>>(List<Violation> violations) ->
          refused(document, generation, violations, lastGood(before, document), overshadowed);
    };
  }

  /** A document that was deleted in one source does not live on as the last good one of another. */
  private static LedgerEntry.@Nullable Good lastGood(
      @Nullable LedgerEntry before, RawDocument document) {
    return before != null && before.source().equals(document.origin().source())
        ? before.lastGood()
        : null;
  }

  private static LedgerEntry refused(
      RawDocument document,
      long generation,
      List<Violation> violations,
      LedgerEntry.@Nullable Good lastGood,
      List<Origin> overshadowed) {
    return new LedgerEntry(
        document.key(),
        document.origin().source(),
        document.origin(),
        generation,
        document.text(),
        violations,
        lastGood,
        overshadowed);
  }

  /** An edit starts the time again, also one that was refused in between and taken back. */
  private static Optional<Instant> acceptedAt(@Nullable SavedDocument known, RawDocument document) {
    return Optional.ofNullable(known)
        .filter(saved -> saved.newestText().equals(document.text()))
        .flatMap(SavedDocument::good)
        .filter(good -> good.document().text().equals(document.text()))
        .map(SavedDocument.Good::acceptedAt);
  }

  private static SavedDocument saved(LedgerEntry entry) {
    return new SavedDocument(
        entry.key(),
        entry.generation(),
        entry.newestText(),
        entry
            .good()
            .map(
                good ->
                    new SavedDocument.Good(
                        good.document(), good.policy().generation(), good.acceptedAt()))
            .orElse(null));
  }

  /**
   * Forgets the counting of documents that no source has; called once all sources were synced.
   *
   * @return what is to be forgotten by the state folder too
   */
  List<DocumentKey> forgetUnknown() {
    List<DocumentKey> gone =
        remembered.keySet().stream().filter(key -> !entries.containsKey(key)).sorted().toList();
    gone.forEach(remembered::remove);
    return gone;
  }

  /** The policies that count at {@code now}; parts that are as before are the same objects. */
  TreePMap<DocumentKey, Policy<?>> inForce(TreePMap<DocumentKey, Policy<?>> before, Instant now) {
    TreePMap<DocumentKey, Policy<?>> result = before;
    for (LedgerEntry entry : entries.values()) {
      Policy<?> known = result.get(entry.key());
      Policy<?> policy = entry.inForce(now).orElse(null);
      if (policy == null) {
        result = known == null ? result : result.minus(entry.key());
      } else if (!policy.equals(known)) {
        result = result.plus(entry.key(), policy);
      }
    }
    for (DocumentKey key : before.keySet()) {
      if (!entries.containsKey(key)) {
        result = result.minus(key);
      }
    }
    return result;
  }

  /** The next moment at which a policy ends by itself. */
  Optional<Instant> nextExpiry(Instant now) {
    return entries.values().stream()
        .flatMap(entry -> entry.good().stream())
        .flatMap(good -> Optional.ofNullable(good.expiresAt()).stream())
        .filter(end -> end.isAfter(now))
        .min(Instant::compareTo);
  }
}
