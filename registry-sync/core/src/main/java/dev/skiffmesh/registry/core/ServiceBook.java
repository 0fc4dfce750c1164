package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * The services of one portion by the names that their registry gives them, under the names that the
 * mesh gives them, and the events that tell what has become of them: the whole portion once, and
 * from then on what has changed. A change costs what it changes, however many services there are.
 * Not thread-safe.
 */
public final class ServiceBook {

  private final String source;
  private final String portion;
  private final BiFunction<String, String, Collection<String>> aliases;

  private final MeshNames names = new MeshNames();
  private final Map<String, Entry> entries = new HashMap<>();

  private final SortedSet<String> reshaped = new TreeSet<>();
  private final SortedSet<String> moved = new TreeSet<>();
  private final SortedSet<ServiceId> gone = new TreeSet<>();
  private String namespace;
  private boolean wasTold;

  private record Entry(SortedSet<String> aliases, List<ServicePort> ports, EndpointSet endpoints) {
    static final Entry NOTHING = new Entry(new TreeSet<>(), List.of(), EndpointSet.EMPTY);
  }

  /**
   * An empty one.
   *
   * @param source the source's name
   * @param namespace the mesh namespace of all its services
   * @param portion what the source calls the portion
   * @param aliases what a service of a registry's name and of a mesh name is called beside both
   */
  public ServiceBook(
      String source,
      String namespace,
      String portion,
      BiFunction<String, String, Collection<String>> aliases) {
    this.source = source;
    this.namespace = namespace;
    this.portion = portion;
    this.aliases = aliases;
  }

  /** With the registry's name as the alias, where that is not the mesh name. */
  public ServiceBook(String source, String namespace, String portion) {
    this(
        source,
        namespace,
        portion,
        (original, name) -> ServiceNames.alias(original, name).stream().toList());
  }

  /**
   * The service is there in this form.
   *
   * @param original as the registry spells it
   * @param further what else callers may call it
   */
  public void put(
      String original, Collection<String> further, List<ServicePort> ports, EndpointSet endpoints) {
    Entry now = new Entry(Immutable.sortedSet(further), List.copyOf(ports), endpoints);
    Entry before = entries.put(original, now);
    if (before == null) {
      renamed(names.add(original));
      reshaped.add(original);
      moved.add(original);
      return;
    }
    if (!before.aliases().equals(now.aliases()) || !before.ports().equals(now.ports())) {
      reshaped.add(original);
    }
    if (!before.endpoints().equals(endpoints)) {
      moved.add(original);
    }
  }

  /** The service is gone; nothing happens if it is not known. */
  public void remove(String original) {
    if (entries.remove(original) != null) {
      renamed(names.remove(original));
    }
  }

  private void renamed(SortedMap<String, String> before) {
    before.forEach(
        (original, name) -> {
          gone.add(new ServiceId(namespace, name));
          reshaped.add(original);
          moved.add(original);
        });
  }

  /** What the service is called in the mesh; empty if it is not known. */
  public Optional<ServiceId> id(String original) {
    return names.of(original).map(name -> new ServiceId(namespace, name));
  }

  /** All its services are in another mesh namespace from now on. */
  public void moveTo(String other) {
    for (String original : entries.keySet()) {
      id(original).ifPresent(id -> gone.add(id));
    }
    namespace = other;
    reshaped.addAll(entries.keySet());
    moved.addAll(entries.keySet());
  }

  /**
   * One for each name that several services would have if each were alone. All of them can be
   * called, so that it is for who wonders about their names.
   *
   * @param location where people find the services
   */
  public List<Finding> clashes(String location) {
    List<Finding> findings = new ArrayList<>();
    names
        .clashes()
        .forEach(
            (name, originals) ->
                findings.add(
                    NameClash.finding(
                        "services " + String.join(", ", originals),
                        location,
                        "name in the mesh",
                        name,
                        originals.stream()
                            .map(original -> names.of(original).orElse(name))
                            .toList())));
    return findings;
  }

  /** Tells what has changed since the last time; at first all that there is, or that nothing is. */
  public void tell(Source.Sink sink) {
    SortedMap<ServiceId, Service> put = new TreeMap<>();
    for (String original : reshaped) {
      id(original).ifPresent(id -> put.put(id, service(original, id)));
    }
    gone.removeAll(put.keySet());
    if (!wasTold) {
      sink.accept(new SourceEvent.ServicesReplaced(portion, put));
    } else if (!put.isEmpty() || !gone.isEmpty()) {
      sink.accept(new SourceEvent.ServicesChanged(portion, put, gone));
    }
    for (String original : moved) {
      Entry entry = entries.get(original);
      if (entry != null) {
        id(original)
            .ifPresent(id -> sink.accept(new SourceEvent.EndpointsReplaced(id, entry.endpoints())));
      }
    }
    wasTold = true;
    reshaped.clear();
    moved.clear();
    gone.clear();
  }

  private Service service(String original, ServiceId id) {
    Entry entry = entries.getOrDefault(original, Entry.NOTHING);
    SortedSet<String> all = new TreeSet<>(entry.aliases());
    all.addAll(aliases.apply(original, id.name()));
    all.remove(id.name());
    return new Service(id, all, entry.ports(), Immutable.sortedSet(List.of()), List.of(source));
  }
}
