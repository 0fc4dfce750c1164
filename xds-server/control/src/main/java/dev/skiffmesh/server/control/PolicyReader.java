package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.source.SourceEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Understands policy documents on the threads of the sources that tell them, so that a document
 * that takes its time delays nothing but its own source, and the control thread only decides.
 * Thread-safe.
 */
final class PolicyReader {

  private static final Logger LOG = LoggerFactory.getLogger(PolicyReader.class);

  /**
   * What was expected and is never told (a large file was replaced at once) is dropped when there
   * is so much of it; what is told after all is understood then.
   */
  private static final int MOST_EXPECTED = 20_000;

  private final Translations translations;
  private final Map<Place, Understood> understood = new ConcurrentHashMap<>();

  /** What is likely to be told, and is understood before. */
  private final Map<Place, Understood> expected = new ConcurrentHashMap<>();

  private record Place(String source, DocumentKey key) {}

  private record Understood(RawDocument document, Decoded<Policy<?>> decoded) {}

  PolicyReader(Translations translations) {
    this.translations = translations;
  }

  /** A source will tell it; on a thread that nobody waits for. */
  void expect(String source, RawDocument document) {
    if (expected.size() >= MOST_EXPECTED) {
      expected.clear();
    }
    expected.put(new Place(source, document.key()), new Understood(document, decode(document)));
  }

  /** On the source's own thread, before anybody else hears of the event; never throws. */
  void hear(String source, SourceEvent event) {
    switch (event) {
      case SourceEvent.PolicyPut(RawDocument document) -> {
        Place place = new Place(source, document.key());
        Understood early = expected.remove(place);
        understood.put(
            place,
            early != null && early.document().equals(document)
                ? early
                : new Understood(document, decode(document)));
      }
      case SourceEvent.PolicyDeleted(DocumentKey key) -> {
        expected.remove(new Place(source, key));
        understood.remove(new Place(source, key));
      }
      case SourceEvent.ServicesReplaced _,
          SourceEvent.ServicesChanged _,
          SourceEvent.EndpointsReplaced _,
          SourceEvent.PortionFindings _,
          SourceEvent.Synced _,
          SourceEvent.Lost _ -> {
        // No policies.
      }
    }
  }

  /**
   * What a document says.
   *
   * @param document as the source has told it, or as the state folder kept it, which is read now
   * @param generation to be carried by the policy
   * @return empty if the source has told a newer version, whose event is on its way
   */
  Optional<Decoded<Policy<?>>> read(String source, RawDocument document, long generation) {
    Understood known = understood.get(new Place(source, document.key()));
    if (known == null) {
      return Optional.of(understand(document, generation));
    }
    // Mostly it is the same object; an equal one, told again, is no news to anybody.
    return known.document().equals(document)
        ? Optional.of(numbered(known.decoded(), generation))
        : Optional.empty();
  }

  /** What a document says that no source has told: it was kept. On the caller's thread. */
  Decoded<Policy<?>> understand(RawDocument document, long generation) {
    return numbered(decode(document), generation);
  }

  private static Decoded<Policy<?>> numbered(Decoded<Policy<?>> decoded, long generation) {
    return switch (decoded) {
      case Decoded.Ok<Policy<?>>(Policy<?> policy) ->
          new Decoded.Ok<>(policy.withGeneration(generation));
      case Decoded.Rejected<Policy<?>> rejected -> rejected;
    };
  }

  @SuppressWarnings("CatchingUnchecked")
  private Decoded<Policy<?>> decode(RawDocument document) {
    try {
      return translations.decode(document, 1);
    } catch (RuntimeException | StackOverflowError e) {
      // The decoder promises not to throw. Should it be wrong, one document is refused and the
      // others live on.
      LOG.atError()
          .addKeyValue("policy", document.key())
          .setCause(e)
          .log("A document made the decoder fail");
      return new Decoded.Rejected<>(
          List.of(
              new Violation(
                  "",
                  document.origin().position(),
                  "Skiff failed to understand the document, which is a fault of Skiff: " + e)));
    }
  }
}
