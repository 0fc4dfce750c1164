package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.state.SavedDocument;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.server.state.SavedService;
import dev.skiffmesh.server.state.SavedState;
import dev.skiffmesh.server.state.StateStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keeps state for the next loop of the same test; can refuse to write, as a full disk does. */
final class InMemoryStateStore implements StateStore {

  private final SortedMap<DocumentKey, SavedDocument> documents = new TreeMap<>();
  private final SortedMap<String, SortedMap<ServiceId, SavedService>> services = new TreeMap<>();
  private final SortedMap<SavedScope.Workload, SavedScope> scopes = new TreeMap<>();
  private boolean full;

  /** What may happen at each write; does nothing unless a test says so. */
  volatile Runnable mishap = () -> {};

  private int writes;
  private int syncs;

  void full(boolean now) {
    full = now;
  }

  int writes() {
    return writes;
  }

  /** How often documents were made durable. */
  int syncs() {
    return syncs;
  }

  SortedMap<DocumentKey, SavedDocument> documents() {
    return documents;
  }

  SortedMap<String, SortedMap<ServiceId, SavedService>> services() {
    return services;
  }

  @Override
  public SavedState restore() {
    SortedMap<String, SortedMap<ServiceId, SavedService>> copy = new TreeMap<>();
    services.forEach((source, known) -> copy.put(source, new TreeMap<>(known)));
    return new SavedState(documents, copy, List.copyOf(scopes.values()), List.of());
  }

  @Override
  public void prepare() throws IOException {
    if (full) {
      throw new IOException("No space left on device");
    }
  }

  private void write() throws IOException {
    mishap.run();
    if (full) {
      throw new IOException("No space left on device");
    }
    writes++;
  }

  @Override
  public void save(SavedDocument document) throws IOException {
    write();
    documents.put(document.key(), document);
  }

  @Override
  public void forget(DocumentKey key) throws IOException {
    write();
    documents.remove(key);
  }

  @Override
  public void syncDocuments() {
    syncs++;
  }

  @Override
  public void save(String source, Map<ServiceId, SavedService> all, Set<ServiceId> changed)
      throws IOException {
    write();
    SortedMap<ServiceId, SavedService> known =
        services.computeIfAbsent(source, _ -> new TreeMap<>());
    for (ServiceId id : changed) {
      SavedService service = all.get(id);
      if (service == null) {
        known.remove(id);
      } else {
        known.put(id, service);
      }
    }
  }

  @Override
  public void save(SavedScope scope) throws IOException {
    write();
    scopes.put(scope.workload(), scope);
  }

  @Override
  public void forgetSource(String source) throws IOException {
    write();
    services.remove(source);
  }

  @Override
  public void close() {}
}
