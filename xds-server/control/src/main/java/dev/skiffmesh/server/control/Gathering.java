package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.state.SavedDocument;
import dev.skiffmesh.server.state.SavedState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * What has been touched since the last round, and how a round takes it up: what sources did not say
 * again is dropped, services are merged, documents understood. What fails alone stays for another
 * round. Confined to the control thread.
 */
final class Gathering {

  /**
   * So many documents a round takes at most: they are written, evaluated and on their way before
   * the next ones, so that nobody waits for somebody else's thousands. The disk is what takes time.
   */
  static final int MOST_DOCUMENTS = UnwrittenDocuments.SLICE;

  private final Sources sources;
  private final Guards guards;
  private final Registries registries;
  private final PolicyLedger ledger;
  private final StateWriter writer;
  private final SteadyClock clock;
  private final Failures failures;

  /** Brings back what one round has left to another one, since it alone failed. */
  private final Alarm leftOver;

  /** Has another round follow. */
  private final Runnable more;

  private final SortedSet<ServiceId> services = new TreeSet<>();
  private final SortedSet<DocumentKey> documents = new TreeSet<>();
  private @Nullable Long since;
  private boolean forgotUnknown;

  Gathering(
      Sources sources,
      Guards guards,
      Registries registries,
      PolicyLedger ledger,
      StateWriter writer,
      SteadyClock clock,
      Failures failures,
      Alarm leftOver,
      Runnable more) {
    this.sources = sources;
    this.guards = guards;
    this.registries = registries;
    this.ledger = ledger;
    this.writer = writer;
    this.clock = clock;
    this.failures = failures;
    this.leftOver = leftOver;
    this.more = more;
  }

  /** Brings back what an earlier process knew of the sources; the first round takes it up. */
  void restore(SavedState saved) {
    Instant now = clock.instant();
    saved
        .services()
        .forEach(
            (source, known) -> {
              if (sources.restore(source, known, now)) {
                services.addAll(known.keySet());
              }
            });
    for (SavedDocument document : saved.documents().values()) {
      ledger.restore(document, now);
      document
          .good()
          .filter(good -> sources.restore(good.document(), now))
          .ifPresent(_ -> documents.add(document.key()));
    }
  }

  void touched(SourceState.Touched touched) {
    services.addAll(touched.services());
    documents.addAll(touched.documents());
  }

  /** What a failed round was about waits for the next one. */
  void putBack(Round round) {
    services.addAll(round.services);
    documents.addAll(round.documents);
    since = earlier(since, round.began);
  }

  private static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
    return one == null ? other : other == null ? one : Long.valueOf(Math.min(one, other));
  }

  /**
   * A round takes up all that has been touched.
   *
   * @param before the services in force
   * @param quietSince when the first change behind it came; null if it was none
   * @param whole whether all documents are taken, however many
   * @return the documents to be written
   */
  PolicyLedger.Unsaved into(
      Round round, TreePMap<ServiceId, Service> before, @Nullable Long quietSince, boolean whole) {
    round.began = earlier(since, quietSince);
    since = null;
    sources.inOrder().forEach(this::dropUnsaid);
    round.services.addAll(services);
    services.clear();
    round.documents.addAll(whole ? documents : share());
    documents.removeAll(round.documents);
    if (!documents.isEmpty()) {
      since = round.began;
      more.run();
    }
    round.merged =
        registries.settle(
            before,
            round.services,
            (service, why) -> {
              services.add(service);
              leftOver.within(failures.failed("merging services", why));
            });
    return withUnknownForgotten(understood(round.documents));
  }

  /**
   * What of many documents comes first: of whom least has been touched, counted by the place where
   * it stands and by the namespace. Whoever changes thousands at once waits for nobody, but behind
   * everybody else.
   */
  private Collection<DocumentKey> share() {
    if (documents.size() <= MOST_DOCUMENTS) {
      return documents;
    }
    Map<String, Long> inPlace = count(ledger::place);
    Map<String, Long> inNamespace = count(DocumentKey::namespace);
    return documents.stream()
        .sorted(
            Comparator.comparingLong(
                key -> inPlace.get(ledger.place(key)) * inNamespace.get(key.namespace())))
        .limit(MOST_DOCUMENTS)
        .toList();
  }

  private Map<String, Long> count(Function<DocumentKey, String> group) {
    return documents.stream().collect(Collectors.groupingBy(group, Collectors.counting()));
  }

  private void dropUnsaid(SourceState source) {
    String what = "forgetting what '%s' did not say again".formatted(source.name());
    try {
      source.unsaid().forEach(event -> guards.heard(source, event));
      documents.addAll(source.dropUnsaid());
      failures.passed(what);
    } catch (RuntimeException | Error e) {
      leftOver.within(failures.failed(what, e));
    }
  }

  private PolicyLedger.Unsaved understood(Set<DocumentKey> touched) {
    List<SavedDocument> save = new ArrayList<>();
    List<DocumentKey> forget = new ArrayList<>();
    for (DocumentKey document : touched) {
      String what = "understanding " + document;
      try {
        PolicyLedger.Unsaved unsaved = ledger.settle(Set.of(document), clock.instant());
        save.addAll(unsaved.save());
        forget.addAll(unsaved.forget());
        failures.passed(what);
      } catch (RuntimeException | Error e) {
        documents.add(document);
        leftOver.within(failures.failed(what, e));
      }
    }
    return new PolicyLedger.Unsaved(save, forget);
  }

  /** Once all sources have answered, what none of them knows is forgotten for good. */
  private PolicyLedger.Unsaved withUnknownForgotten(PolicyLedger.Unsaved unsaved) {
    if (forgotUnknown || !sources.haveAllAnswered()) {
      return unsaved;
    }
    forgotUnknown = true;
    sources.takeOrphans().forEach(writer::forgetSource);
    List<DocumentKey> forget = new ArrayList<>(unsaved.forget());
    forget.addAll(ledger.forgetUnknown());
    return new PolicyLedger.Unsaved(unsaved.save(), forget);
  }
}
