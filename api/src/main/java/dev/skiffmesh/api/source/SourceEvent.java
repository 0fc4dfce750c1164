package dev.skiffmesh.api.source;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What a source tells the control loop. Events are level-based: each carries the full state of its
 * key, so that a missed one heals with the next, and an event that repeats what is known changes
 * nothing. {@link ServicesChanged} alone says what has changed of a key that is large.
 *
 * <p>A <em>portion</em> is what the source reads as one piece and can fail to read as one piece: a
 * file, a Nacos namespace and group, an etcd key. Two portions of one source never hold the same
 * key.
 */
public sealed interface SourceEvent {

  /**
   * All services of one portion. A service that was there before and is not there now is gone, with
   * its endpoints.
   */
  record ServicesReplaced(String portion, SortedMap<ServiceId, Service> services)
      implements SourceEvent {
    /** Copies the services. */
    public ServicesReplaced {
      services = Immutable.sortedMap(services);
    }
  }

  /**
   * Some services of one portion: these are there in this form, those are gone with their
   * endpoints, and all others are as they were told. It costs what it says, where {@link
   * ServicesReplaced} costs its portion.
   *
   * <p>Said of a portion only after {@link ServicesReplaced}: before that nothing is known of the
   * others.
   *
   * @param put none of them is in {@code removed}
   * @param removed one that was never told is nothing new
   */
  record ServicesChanged(
      String portion, SortedMap<ServiceId, Service> put, SortedSet<ServiceId> removed)
      implements SourceEvent {
    /** Copies what it is given. */
    public ServicesChanged {
      put = Immutable.sortedMap(put);
      removed = Immutable.sortedSet(removed);
    }
  }

  /** All endpoints of one service; one that the source has announced, before or after. */
  record EndpointsReplaced(ServiceId service, EndpointSet endpoints) implements SourceEvent {}

  /** A document is there in this form. */
  record PolicyPut(RawDocument document) implements SourceEvent {}

  /** A document is gone. */
  record PolicyDeleted(DocumentKey key) implements SourceEvent {}

  /**
   * What is wrong with a portion now; an empty list clears it. With {@code unreadable}, the source
   * cannot tell all that the portion holds: what is known of it stays, also what a restart brought
   * back. A {@link ServicesReplaced} of such a portion adds and changes, and removes only what the
   * source itself had told.
   *
   * <p>A source sends this before the portion's content when it becomes unreadable, and after the
   * content when it is readable again; what a restart brought back and the source has not told by
   * then is gone.
   */
  record PortionFindings(String portion, boolean unreadable, List<Finding> findings)
      implements SourceEvent {
    /** Copies the findings. */
    public PortionFindings {
      findings = List.copyOf(findings);
    }
  }

  /**
   * All that there is has been told at least once since the start or since {@link Lost}. What a
   * restart brought back and the source has not told since, is gone, unless its portion is
   * unreadable.
   */
  record Synced() implements SourceEvent {}

  /**
   * The source cannot see its registry; what is known stays.
   *
   * @param reason one sentence for the user
   */
  record Lost(String reason) implements SourceEvent {}
}
