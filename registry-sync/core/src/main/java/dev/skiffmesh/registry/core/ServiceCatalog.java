package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The services of a registry that has one flat list of them, by the names that it gives them, and
 * the events that tell what has become of them. Not thread-safe.
 *
 * <p>Such registries forget a service with its last instance. It stays here without instances for
 * {@link #KEPT}, so that its callers are told that nobody is there (503) and not that there is no
 * such service (404), which an application may take for an answer.
 */
public final class ServiceCatalog {

  /** Longer than anybody takes to start the only instance of a service again. */
  private static final Duration KEPT = Duration.ofHours(1);

  private final String source;
  private final String portion;
  private final ServiceBook book;

  private final SortedMap<String, Known> services = new TreeMap<>();
  private final SortedMap<String, List<Finding>> findings = new TreeMap<>();

  /** In the order in which they went; one may have come back since. */
  private final Deque<Gone> gone = new ArrayDeque<>();

  private record Gone(String name, long at) {}

  /**
   * What is known of one service.
   *
   * @param goneAt when its last instance went, on the clock of {@link System#nanoTime()}; null
   *     while the registry lists it
   */
  private record Known(SortedSet<String> aliases, List<ServicePort> ports, @Nullable Long goneAt) {}

  /**
   * An empty one.
   *
   * @param source the source's name
   * @param namespace the mesh namespace of all its services
   * @param portion what the source calls its one portion
   */
  public ServiceCatalog(String source, String namespace, String portion) {
    this.source = source;
    this.portion = portion;
    this.book = new ServiceBook(source, namespace, portion);
  }

  /** The names of all services that the registry lists. */
  public SortedSet<String> listed() {
    SortedSet<String> listed = new TreeSet<>(services.keySet());
    listed.removeIf(name -> isGone(services.get(name)));
    return listed;
  }

  private static boolean isGone(@Nullable Known known) {
    return known == null || known.goneAt() != null;
  }

  /**
   * The service has these instances and no others. One whose entry makes no sense is left out with
   * a finding, and its neighbours stay.
   *
   * @param name as the registry spells it
   * @param aliases what else callers may call it
   */
  public void put(String name, Collection<String> aliases, Collection<CloudInstance> instances) {
    SortedMap<EndpointKey, Endpoint> endpoints = new TreeMap<>();
    List<Finding> found = new ArrayList<>();
    for (CloudInstance instance : instances) {
      try {
        CloudInstance.Mapped mapped = instance.mapped(source);
        endpoints.put(mapped.endpoint().key(), mapped.endpoint());
        mapped.problems().forEach(problem -> found.add(malformed(name, instance.id(), problem)));
      } catch (MalformedEntryException malformed) {
        found.add(malformed(name, instance.id(), malformed.problem()));
      }
    }
    Known before = services.get(name);
    List<ServicePort> ports = PortKind.ofService(endpoints.values());
    if (found.isEmpty()) {
      findings.remove(name);
    } else {
      findings.put(name, List.copyOf(found));
    }
    become(
        name,
        new Known(
            Immutable.sortedSet(aliases),
            ports.isEmpty() && before != null ? before.ports() : ports,
            null),
        new EndpointSet(List.copyOf(endpoints.values())));
  }

  /** The registry lists the service no more. */
  public void remove(String name) {
    Known before = services.get(name);
    if (before != null && before.goneAt() == null) {
      findings.remove(name);
      long now = System.nanoTime();
      become(name, new Known(before.aliases(), before.ports(), now), EndpointSet.EMPTY);
      gone.add(new Gone(name, now));
    }
  }

  private void become(String name, Known now, EndpointSet endpoints) {
    services.put(name, now);
    book.put(name, now.aliases(), now.ports(), endpoints);
  }

  private Finding malformed(String name, String instance, String problem) {
    return new Finding(
        FindingCode.MALFORMED_ENTRY,
        "instance " + EntryValues.shown(instance) + " of " + name,
        source,
        null,
        problem);
  }

  /** Tells all that has changed since the last time. */
  public void tell(Source.Sink sink) {
    forgetWhatIsLongGone();
    book.tell(sink);
    List<Finding> all = new ArrayList<>();
    findings.values().forEach(all::addAll);
    all.addAll(book.clashes(source));
    sink.accept(new SourceEvent.PortionFindings(portion, false, all));
  }

  private void forgetWhatIsLongGone() {
    long now = System.nanoTime();
    while (!gone.isEmpty() && now - gone.element().at() > KEPT.toNanos()) {
      Gone oldest = gone.remove();
      Known known = services.get(oldest.name());
      if (known != null && Objects.equals(known.goneAt(), oldest.at())) {
        services.remove(oldest.name());
        book.remove(oldest.name());
      }
    }
  }
}
