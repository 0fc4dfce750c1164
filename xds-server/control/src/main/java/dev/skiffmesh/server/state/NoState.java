package dev.skiffmesh.server.state;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps nothing ({@code state: none}), for machines on which nothing can be written: a restart
 * serves what its sources say, and nothing before.
 */
public final class NoState implements StateStore {

  @Override
  public SavedState restore() {
    return new SavedState(new TreeMap<>(), new TreeMap<>(), List.of(), List.of());
  }

  @Override
  public void prepare() {}

  @Override
  public void save(SavedDocument document) {}

  @Override
  public void forget(DocumentKey key) {}

  @Override
  public void syncDocuments() {}

  @Override
  public void save(String source, Map<ServiceId, SavedService> services, Set<ServiceId> changed) {}

  @Override
  public void save(SavedScope scope) {}

  @Override
  public void forgetSource(String source) {}

  @Override
  public void close() {}
}
