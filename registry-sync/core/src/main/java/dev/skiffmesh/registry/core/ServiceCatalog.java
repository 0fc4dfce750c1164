package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
  private final String namespace;
  private final String scope;

  private final SortedMap<String, Known> services = new TreeMap<>();
  private final SortedSet<String> changed = new TreeSet<>();
  private SortedMap<String, String> names = Collections.emptySortedMap();
  private boolean isReshaped = true;

  /**
   * What is known of one service.
   *
   * @param goneAt when its last instance went, on the clock of {@link System#nanoTime()}; null
   *     while the registry lists it
   */
  private record Known(
      SortedSet<String> aliases,
      List<ServicePort> ports,
      EndpointSet endpoints,
      List<Finding> findings,
      @Nullable Long goneAt) {}

  /**
   * An empty one.
   *
   * @param source the source's name
   * @param namespace the mesh namespace of all its services
   * @param scope what the source calls its one scope
   */
  public ServiceCatalog(String source, String namespace, String scope) {
    this.source = source;
    this.namespace = namespace;
    this.scope = scope;
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
    List<Finding> findings = new ArrayList<>();
    for (CloudInstance instance : instances) {
      try {
        CloudInstance.Mapped mapped = instance.mapped(source);
        endpoints.put(mapped.endpoint().key(), mapped.endpoint());
        mapped.problems().forEach(problem -> findings.add(malformed(name, instance.id(), problem)));
      } catch (MalformedEntryException malformed) {
        findings.add(malformed(name, instance.id(), malformed.problem()));
      }
    }
    Known before = services.get(name);
    List<ServicePort> ports = PortKind.ofService(endpoints.values());
    become(
        name,
        new Known(
            Immutable.sortedSet(aliases),
            ports.isEmpty() && before != null ? before.ports() : ports,
            new EndpointSet(List.copyOf(endpoints.values())),
            List.copyOf(findings),
            null));
  }

  /** The registry lists the service no more. */
  public void remove(String name) {
    Known before = services.get(name);
    if (!isGone(before) && before != null) {
      become(
          name,
          new Known(
              before.aliases(), before.ports(), EndpointSet.EMPTY, List.of(), System.nanoTime()));
    }
  }

  private void become(String name, Known now) {
    Known before = services.put(name, now);
    changed.add(name);
    isReshaped |=
        before == null
            || !before.ports().equals(now.ports())
            || !before.aliases().equals(now.aliases());
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
    if (isReshaped) {
      reshape(sink);
    }
    for (String original : changed) {
      Known known = services.get(original);
      String name = names.get(original);
      if (known != null && name != null) {
        sink.accept(
            new SourceEvent.EndpointsReplaced(new ServiceId(namespace, name), known.endpoints()));
      }
    }
    changed.clear();
    List<Finding> findings = new ArrayList<>();
    services.values().forEach(known -> findings.addAll(known.findings()));
    sink.accept(new SourceEvent.ScopeFindings(scope, false, findings));
  }

  private void forgetWhatIsLongGone() {
    long now = System.nanoTime();
    isReshaped |=
        services
            .values()
            .removeIf(known -> known.goneAt() != null && now - known.goneAt() > KEPT.toNanos());
  }

  private void reshape(Source.Sink sink) {
    SortedMap<String, String> before = names;
    names = ServiceNames.meshNames(services.keySet());
    SortedMap<ServiceId, Service> told = new TreeMap<>();
    names.forEach(
        (original, name) -> {
          Known known = services.get(original);
          if (known == null) {
            throw new IllegalStateException("names are those of the services");
          }
          if (!name.equals(before.get(original))) {
            changed.add(original);
          }
          ServiceId id = new ServiceId(namespace, name);
          Set<String> aliases = new HashSet<>(known.aliases());
          ServiceNames.alias(original, name).ifPresent(aliases::add);
          aliases.remove(name);
          told.put(
              id,
              new Service(
                  id,
                  Immutable.sortedSet(aliases),
                  known.ports(),
                  Immutable.sortedSet(List.of()),
                  List.of(source)));
        });
    sink.accept(new SourceEvent.ServicesReplaced(scope, told));
    isReshaped = false;
  }
}
