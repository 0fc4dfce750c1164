package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of a cluster, and what of it is still to be told. Confined to one thread; has
 * neither threads nor a clock. A scope is a namespace; it is told whole once, and from then on what
 * has changed in it.
 */
final class ClusterState {

  /** The scope of what is wrong in all namespaces; none can be called so. */
  private static final String CLUSTER = "(cluster)";

  private final Selection selection;
  private final ServiceMapper mapper;
  private final ClusterTables tables = new ClusterTables();
  private final Set<String> toldScopes = new HashSet<>();
  private boolean wasTold;

  ClusterState(Selection selection, ServiceMapper mapper) {
    this.selection = selection;
    this.mapper = mapper;
  }

  /**
   * All objects of a kind.
   *
   * @param namespace those of this one alone; empty for all
   */
  void replaced(Kind kind, String namespace, Collection<ClusterObject> objects) {
    tables.replaced(kind, namespace, objects);
  }

  /** A kind cannot be read; what is known of it stays. */
  void forbidden(Kind kind, String namespace, String words) {
    tables.forbidden(kind, namespace, words);
  }

  /** An object is there in this form. */
  void put(ClusterObject object) {
    tables.put(object);
  }

  /** An object is gone; nothing happens if it is not known. */
  void remove(ClusterObject object) {
    tables.remove(object);
  }

  /** Whether anything was told. */
  boolean wasTold() {
    return wasTold;
  }

  /** Tells what has changed since the last time, what refers to others behind them. */
  void flush(Source.Sink sink) {
    wasTold = true;
    ClusterTouched touched = tables.touched();
    NavigableSet<String> whole = new TreeSet<>(touched.scopes());
    touched.services().stream()
        .map(ServiceId::namespace)
        .filter(scope -> !toldScopes.contains(scope))
        .forEach(whole::add);
    whole.forEach(scope -> tell(scope, sink));
    changes(whole, touched.services()).forEach(sink::accept);
    for (String scope : touched.findings()) {
      if (!whole.contains(scope) && isReadable(scope)) {
        sink.accept(new SourceEvent.ScopeFindings(scope, false, findings(scope)));
      }
    }
    for (ServiceId id : touched.endpoints()) {
      ClusterObject.Service service = tables.services(id.namespace()).get(id.name());
      if (service != null && isRead(id.namespace()) && mapper.service(service).isPresent()) {
        sink.accept(
            new SourceEvent.EndpointsReplaced(
                id, mapper.endpoints(service, tables.slices(id), tables)));
      }
    }
    touched.clear();
  }

  /** What has changed in scopes that were told and are not told whole again. */
  private List<SourceEvent> changes(SortedSet<String> whole, SortedSet<ServiceId> changed) {
    SortedMap<String, SortedMap<ServiceId, Service>> put = new TreeMap<>();
    SortedMap<String, SortedSet<ServiceId>> removed = new TreeMap<>();
    for (ServiceId id : changed) {
      String scope = id.namespace();
      if (!whole.contains(scope) && isReadable(scope)) {
        put.computeIfAbsent(scope, _ -> new TreeMap<>());
        removed.computeIfAbsent(scope, _ -> new TreeSet<>());
        Optional<Service> known =
            Optional.ofNullable(tables.services(scope).get(id.name()))
                .filter(_ -> isRead(scope))
                .flatMap(mapper::service);
        known.ifPresentOrElse(
            service -> put.get(scope).put(id, service), () -> removed.get(scope).add(id));
      }
    }
    List<SourceEvent> events = new ArrayList<>();
    put.forEach(
        (scope, there) ->
            events.add(new SourceEvent.ServicesChanged(scope, there, removed.get(scope))));
    return events;
  }

  private boolean isRead(String namespace) {
    return selection.accepts(namespace, tables.labels(namespace));
  }

  /** What is known of a namespace stays while its services or their endpoints are refused. */
  private boolean isReadable(String scope) {
    SortedMap<Kind, String> forbidden = tables.forbidden(scope);
    return !forbidden.containsKey(Kind.SERVICES) && !forbidden.containsKey(Kind.ENDPOINTSLICES);
  }

  private List<Finding> findings(String scope) {
    List<Finding> findings = new ArrayList<>();
    tables
        .forbidden(scope)
        .forEach((kind, words) -> findings.add(ClusterFindings.forbidden(scope, kind, words)));
    if (!scope.isEmpty() && isReadable(scope) && isRead(scope)) {
      findings.addAll(tables.faults(scope));
    }
    return findings;
  }

  private void tell(String scope, Source.Sink sink) {
    if (scope.isEmpty()) {
      sink.accept(new SourceEvent.ScopeFindings(CLUSTER, false, findings(scope)));
    } else if (!isReadable(scope)) {
      sink.accept(new SourceEvent.ScopeFindings(scope, true, findings(scope)));
    } else {
      SortedMap<ServiceId, Service> told = new TreeMap<>();
      if (isRead(scope)) {
        for (ClusterObject.Service service : tables.services(scope).values()) {
          mapper.service(service).ifPresent(known -> told.put(known.id(), known));
        }
      }
      toldScopes.add(scope);
      sink.accept(new SourceEvent.ServicesReplaced(scope, told));
      sink.accept(new SourceEvent.ScopeFindings(scope, false, findings(scope)));
    }
  }
}
