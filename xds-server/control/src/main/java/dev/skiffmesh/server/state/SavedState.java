package dev.skiffmesh.server.state;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What a state folder held when it was opened.
 *
 * @param documents by key
 * @param services by source and mesh name
 * @param scopes what workloads are known to use
 * @param findings one for each file that could not be read and was ignored
 */
public record SavedState(
    SortedMap<DocumentKey, SavedDocument> documents,
    SortedMap<String, SortedMap<ServiceId, SavedService>> services,
    List<SavedScope> scopes,
    List<Finding> findings) {

  /** Nothing was saved. */
  public static final SavedState EMPTY =
      new SavedState(
          Immutable.sortedMap(Map.of()), Immutable.sortedMap(Map.of()), List.of(), List.of());

  /** Copies the outer collections. */
  public SavedState {
    documents = Immutable.sortedMap(documents);
    services = Immutable.sortedMap(services);
    scopes = List.copyOf(scopes);
    findings = List.copyOf(findings);
  }
}
