package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.state.SavedDocument;
import dev.skiffmesh.server.state.SavedState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * What has been touched since the last round, and how a round takes it up: what sources did not say
 * again is dropped, services are merged, documents understood. What fails alone stays for another
 * round. Confined to the control thread.
 */
final class Gathering {

  private final Sources sources;
  private final Guards guards;
  private final Registries registries;
  private final PolicyLedger ledger;
  private final StateWriter writer;
  private final SteadyClock clock;
  private final Failures failures;

  /** Brings back what one round has left to another one, since it alone failed. */
  private final Alarm leftOver;

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
      Alarm leftOver) {
    this.sources = sources;
    this.guards = guards;
    this.registries = registries;
    this.ledger = ledger;
    this.writer = writer;
    this.clock = clock;
    this.failures = failures;
    this.leftOver = leftOver;
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
   * @return the documents to be written
   */
  PolicyLedger.Unsaved into(
      Round round, TreePMap<ServiceId, Service> before, @Nullable Long quietSince) {
    round.began = earlier(since, quietSince);
    since = null;
    sources.inOrder().forEach(this::dropUnsaid);
    round.services.addAll(services);
    services.clear();
    round.documents.addAll(documents);
    documents.clear();
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
