package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** One way from gathered changes to a world in force. Confined to the control thread. */
final class Round {

  /** The services that were touched. */
  SortedSet<ServiceId> services = new TreeSet<>();

  /** The documents that were touched. */
  SortedSet<DocumentKey> documents = new TreeSet<>();

  /** When the first event behind it came; null if it was none. */
  @Nullable Long began;

  /** When it began. */
  long start;

  /** All services as they are to be. */
  TreePMap<ServiceId, Service> merged = TreePMap.empty();

  /** Whether its documents have been written, or are waited for no longer. */
  boolean isSaved;

  /** What it was evaluated of; null if the evaluation in force serves. */
  @Nullable World counted;
}
