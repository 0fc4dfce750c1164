package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A server with any number of namespaces that can be told to misbehave in ways that a real one
 * shows only under load. Thread-safe.
 */
final class InMemoryNacos implements NacosChannel.Factory {

  private final Map<String, SortedMap<String, SortedMap<String, Registration>>> namespaces =
      new HashMap<>();
  private final Map<String, NacosChannel.Listener> listeners = new HashMap<>();
  private final Set<String> refused = new TreeSet<>();
  private final Set<String> unlisted = new TreeSet<>();
  private boolean isInPieces;
  private boolean hidesGroups;
  private long time;
  private int listings;

  @Override
  public synchronized NacosChannel create(String namespaceId, NacosChannel.Listener listener) {
    listeners.put(namespaceId, listener);
    return new Channel(namespaceId);
  }

  synchronized void register(
      String namespaceId, String group, String service, RegisteredInstance... instances) {
    namespaces
        .computeIfAbsent(namespaceId, id -> new TreeMap<>())
        .computeIfAbsent(group, name -> new TreeMap<>())
        .put(service, new Registration(group, service, Arrays.asList(instances), false, ++time));
  }

  /** Lets nothing of the namespace be read, or all of it again. */
  synchronized void refuse(String namespaceId, boolean isRefused) {
    if (isRefused) {
      refused.add(namespaceId);
    } else {
      refused.remove(namespaceId);
    }
  }

  /** Leaves the service out of listings although it is there. */
  synchronized void unlist(String service) {
    unlisted.add(service);
  }

  /** Listings keep changing between their pages. */
  synchronized void listInPieces(boolean inPieces) {
    isInPieces = inPieces;
  }

  synchronized void hideGroups() {
    hidesGroups = true;
  }

  /** Tells, as a fuzzy watch does, that there are other services. */
  void announce(String namespaceId) {
    NacosChannel.Listener listener;
    synchronized (this) {
      listener = listeners.get(namespaceId);
    }
    listener.servicesChanged();
  }

  synchronized int listings() {
    return listings;
  }

  private synchronized SortedMap<String, SortedMap<String, Registration>> groupsOf(String id)
      throws NacosException {
    if (refused.contains(id)) {
      throw new NacosException(NacosException.NO_RIGHT, "authorization failed!");
    }
    return namespaces.getOrDefault(id, new TreeMap<>());
  }

  private synchronized NacosChannel.Names list(String namespaceId, String group)
      throws NacosException {
    listings++;
    TreeSet<String> names =
        new TreeSet<>(groupsOf(namespaceId).getOrDefault(group, new TreeMap<>()).keySet());
    names.removeAll(unlisted);
    return new NacosChannel.Names(names, !isInPieces);
  }

  private synchronized Registration read(String namespaceId, String group, String service)
      throws NacosException {
    return groupsOf(namespaceId)
        .getOrDefault(group, new TreeMap<>())
        .getOrDefault(service, new Registration(group, service, List.of(), false, ++time));
  }

  private synchronized Set<String> groups(String namespaceId) throws NacosException {
    if (hidesGroups) {
      throw new NacosException(NacosException.NO_RIGHT, "authorization failed!");
    }
    return Set.copyOf(groupsOf(namespaceId).keySet());
  }

  private final class Channel implements NacosChannel {

    private final String namespaceId;

    Channel(String namespaceId) {
      this.namespaceId = namespaceId;
    }

    @Override
    public void open() {}

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public long connection() {
      return 1;
    }

    @Override
    public Set<String> groups() throws NacosException {
      return InMemoryNacos.this.groups(namespaceId);
    }

    @Override
    public Names list(String group) throws NacosException {
      return InMemoryNacos.this.list(namespaceId, group);
    }

    @Override
    public void watchServices() {}

    @Override
    public Registration subscribe(String group, String service) throws NacosException {
      return read(namespaceId, group, service);
    }

    @Override
    public Registration query(String group, String service) throws NacosException {
      return read(namespaceId, group, service);
    }

    @Override
    public void unsubscribe(String group, String service) {}

    @Override
    public Optional<String> config(String dataId, String group) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }
}
