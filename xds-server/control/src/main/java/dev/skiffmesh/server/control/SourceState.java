package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.guard.HeldBack;
import dev.skiffmesh.server.guard.Kept;
import dev.skiffmesh.server.state.SavedService;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.server.status.SourceRole;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pcollections.TreePMap;

/**
 * What one source has said so far, and what a restart brought back of what it said before.
 *
 * <p>Confined to the control thread. What is restored is <em>unconfirmed</em> until the source says
 * it again; {@link #unsaid} tells what a synced source has not said again.
 */
final class SourceState implements Kept {

  /** What a change of this state touches. */
  record Touched(SortedSet<ServiceId> services, SortedSet<DocumentKey> documents) {
    static Touched nothing() {
      return new Touched(new TreeSet<>(), new TreeSet<>());
    }
  }

  private final ConfiguredSource configured;
  private final SourceStanding standing;
  private final SourceContent content = new SourceContent();
  private final Unconfirmed unconfirmed = new Unconfirmed();

  SourceState(ConfiguredSource configured, Instant now) {
    this.configured = configured;
    this.standing = new SourceStanding(configured.source().name(), now);
  }

  String name() {
    return configured.source().name();
  }

  /** Tells whether people write what it holds, so that it means what it says at once. */
  boolean isWritten() {
    return configured.source().isWritten();
  }

  /** What is in force of its services; the map is persistent and may be kept. */
  @Override
  public TreePMap<ServiceId, SavedService> services() {
    return content.services();
  }

  @Override
  public SortedMap<ServiceId, Service> portion(String portion) {
    return content.portion(portion);
  }

  @Override
  public SortedSet<String> holders(ServiceId service) {
    return content.holders(service);
  }

  /** The document of that key as the source has it. */
  Optional<RawDocument> document(DocumentKey key) {
    return content.document(key);
  }

  /** Tells whether the document is known from before the restart alone. */
  boolean isUnconfirmed(DocumentKey key) {
    return unconfirmed.contains(key);
  }

  /**
   * Tells whether the source has lately been seen to hold the document, so that what it harms may
   * go on: the source has answered within {@code life}, and the document was among what could be
   * read.
   */
  boolean vouchesFor(DocumentKey key, Duration life) {
    return !isUnconfirmed(key)
        && content
            .document(key)
            .filter(document -> !standing.isOutOfSight(document.origin().portion()))
            .isPresent()
        && configured.source().silence().filter(silence -> silence.compareTo(life) < 0).isPresent();
  }

  SourceReport.State state() {
    return standing.state();
  }

  /** The source's own sentence while it is lost, else empty. */
  String reason() {
    return standing.reason();
  }

  boolean isSynced() {
    return standing.isSynced();
  }

  /** Tells whether it has been synced at least once since the start. */
  boolean wasSynced() {
    return standing.wasSynced();
  }

  /** Tells whether it is a registry that has never told what it holds, as far as anybody knows. */
  boolean isUnknownRegistry() {
    return standing.isUnknown() && configured.roles().contains(SourceRole.REGISTRY);
  }

  void restoreServices(SortedMap<ServiceId, SavedService> saved, Instant now) {
    saved.forEach(
        (id, service) -> {
          content.restore(id, service, now);
          unconfirmed.restored(service.portion(), id);
        });
    standing.restored(now);
  }

  void restoreDocument(RawDocument document, Instant now) {
    content.put(document);
    unconfirmed.restored(document.origin().portion(), document.key());
    standing.restored(now);
  }

  /**
   * What the source means by an event: with what a restart brought back of a portion that cannot be
   * read, since it may still be there. Before a guard holds back any of it, for what was told is
   * confirmed here.
   */
  SourceEvent meant(SourceEvent event) {
    return switch (event) {
      case SourceEvent.ServicesReplaced(String portion, SortedMap<ServiceId, Service> said) -> {
        if (!standing.isOutOfSight(portion)) {
          unconfirmed.saidAll(portion);
          yield event;
        }
        unconfirmed.said(portion, said.keySet());
        SortedMap<ServiceId, Service> all = new TreeMap<>(said);
        for (ServiceId id : unconfirmed.of(portion)) {
          all.put(id, content.portion(portion).get(id));
        }
        yield new SourceEvent.ServicesReplaced(portion, all);
      }
      case SourceEvent.ServicesChanged(String portion, var put, var removed) -> {
        unconfirmed.said(portion, put.keySet());
        unconfirmed.said(portion, removed);
        yield event;
      }
      case SourceEvent.EndpointsReplaced(ServiceId id, EndpointSet _) -> {
        unconfirmed.saidEndpoints(id);
        yield event;
      }
      default -> event;
    };
  }

  /** Takes in one event as it is meant; what it touches may turn out to be as it was. */
  Touched apply(SourceEvent event, Instant now) {
    standing.heard(now);
    Touched touched = Touched.nothing();
    switch (event) {
      case SourceEvent.ServicesReplaced(String portion, SortedMap<ServiceId, Service> said) ->
          touched.services().addAll(settled(content.become(portion, said, now)));
      case SourceEvent.ServicesChanged(
              String portion,
              SortedMap<ServiceId, Service> put,
              SortedSet<ServiceId> removed) ->
          touched.services().addAll(settled(content.change(portion, put, removed, now)));
      case SourceEvent.EndpointsReplaced(ServiceId id, EndpointSet endpoints) -> {
        if (content.become(id, endpoints, now)) {
          touched.services().add(id);
        }
      }
      case SourceEvent.PolicyPut(RawDocument document) -> {
        boolean confirmed = unconfirmed.contains(document.key());
        unconfirmed.said(document.key());
        if (content.put(document) || confirmed) {
          touched.documents().add(document.key());
        }
      }
      case SourceEvent.PolicyDeleted(DocumentKey key) -> {
        unconfirmed.said(key);
        if (content.remove(key)) {
          touched.documents().add(key);
        }
      }
      case SourceEvent.PortionFindings trouble -> standing.looked(trouble);
      case SourceEvent.Synced _ -> standing.synced(now);
      case SourceEvent.Lost(String why) -> standing.lost(why, now);
    }
    return touched;
  }

  /** Nobody waits for the endpoints of what is gone. */
  private SortedSet<ServiceId> settled(SortedSet<ServiceId> touched) {
    for (ServiceId id : touched) {
      if (!content.services().containsKey(id)) {
        unconfirmed.saidEndpoints(id);
      }
    }
    return touched;
  }

  /**
   * What a restart brought back of services and a synced source has not said again, as events that
   * say that it is gone; nothing of a portion that is out of sight. Harmless at any time; it is
   * called when a burst of events has ended, so that a portion that has just become readable again
   * has told its content.
   */
  List<SourceEvent> unsaid() {
    List<SourceEvent> events = new ArrayList<>();
    if (!isSynced()) {
      return events;
    }
    Set<ServiceId> gone = new HashSet<>();
    unconfirmed.forEachPortion(
        (portion, left) -> {
          if (!standing.isOutOfSight(portion)) {
            gone.addAll(left);
            events.add(
                new SourceEvent.ServicesChanged(portion, new TreeMap<>(), new TreeSet<>(left)));
          }
        });
    for (ServiceId id : unconfirmed.endpoints()) {
      SavedService service = content.services().get(id);
      if (service != null && !gone.contains(id) && !standing.isOutOfSight(service.portion())) {
        events.add(new SourceEvent.EndpointsReplaced(id, EndpointSet.EMPTY));
      }
    }
    return events;
  }

  /** Drops documents that a restart brought back and a synced source has not said again. */
  SortedSet<DocumentKey> dropUnsaid() {
    SortedSet<DocumentKey> dropped = new TreeSet<>();
    if (isSynced()) {
      dropped.addAll(unconfirmed.takeDocuments(portion -> !standing.isOutOfSight(portion)));
      dropped.forEach(content::remove);
    }
    return dropped;
  }

  /** What is wrong with the source and what it reads. */
  List<Finding> findings() {
    return standing.findings();
  }

  /**
   * What is wrong with serving before the source has answered, if nothing was kept of it: proxies
   * are let in without what it holds.
   */
  Optional<Finding> missing() {
    return standing.isUnknown()
        ? Optional.of(
            Finding.of(
                FindingCode.NOTHING_KNOWN,
                name(),
                "The source '%s' has not answered since the start, and nothing of it was kept: proxies are served without its %s%s"
                    .formatted(
                        name(),
                        configured.roles().stream()
                            .map(role -> role == SourceRole.REGISTRY ? "services" : "policies")
                            .collect(Collectors.joining(" and ")),
                        isUnknownRegistry()
                            ? ", keep what they have, and are not told that a name does not exist"
                            : "")))
        : Optional.empty();
  }

  /** One sentence if something of this source is missing or old. */
  Optional<String> note() {
    return standing.note();
  }

  /**
   * How it is doing.
   *
   * @param held what is held back of its word
   */
  SourceReport report(List<HeldBack> held) {
    return new SourceReport(
        name(),
        configured.source().type(),
        configured.roles(),
        standing.state(),
        standing.since(),
        standing.reason(),
        standing.lastEventAt(),
        content.services().size(),
        content.endpoints(),
        content.documents(),
        content.services(),
        content.sightings(),
        held);
  }
}
