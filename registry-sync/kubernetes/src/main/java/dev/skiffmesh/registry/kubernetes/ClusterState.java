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
 * neither threads nor a clock. A portion is a namespace; it is told whole once, and from then on
 * what has changed in it.
 */
final class ClusterState {

  /** The portion of what is wrong in all namespaces; none can be called so. */
  private static final String CLUSTER = "(cluster)";

  private final Selection selection;
  private final ServiceMapper mapper;
  private final ClusterTables tables = new ClusterTables();
  private final Set<String> toldPortions = new HashSet<>();
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
    NavigableSet<String> whole = new TreeSet<>(touched.portions());
    touched.services().stream()
        .map(ServiceId::namespace)
        .filter(portion -> !toldPortions.contains(portion))
        .forEach(whole::add);
    whole.forEach(portion -> tell(portion, sink));
    changes(whole, touched.services()).forEach(sink::accept);
    for (String portion : touched.findings()) {
      if (!whole.contains(portion) && isReadable(portion)) {
        sink.accept(new SourceEvent.PortionFindings(portion, false, findings(portion)));
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

  /** What has changed in portions that were told and are not told whole again. */
  private List<SourceEvent> changes(SortedSet<String> whole, SortedSet<ServiceId> changed) {
    SortedMap<String, SortedMap<ServiceId, Service>> put = new TreeMap<>();
    SortedMap<String, SortedSet<ServiceId>> removed = new TreeMap<>();
    for (ServiceId id : changed) {
      String portion = id.namespace();
      if (!whole.contains(portion) && isReadable(portion)) {
        put.computeIfAbsent(portion, _ -> new TreeMap<>());
        removed.computeIfAbsent(portion, _ -> new TreeSet<>());
        Optional<Service> known =
            Optional.ofNullable(tables.services(portion).get(id.name()))
                .filter(_ -> isRead(portion))
                .flatMap(mapper::service);
        known.ifPresentOrElse(
            service -> put.get(portion).put(id, service), () -> removed.get(portion).add(id));
      }
    }
    List<SourceEvent> events = new ArrayList<>();
    put.forEach(
        (portion, there) ->
            events.add(new SourceEvent.ServicesChanged(portion, there, removed.get(portion))));
    return events;
  }

  private boolean isRead(String namespace) {
    return selection.accepts(namespace, tables.labels(namespace));
  }

  /** What is known of a namespace stays while its services or their endpoints are refused. */
  private boolean isReadable(String portion) {
    SortedMap<Kind, String> forbidden = tables.forbidden(portion);
    return !forbidden.containsKey(Kind.SERVICES) && !forbidden.containsKey(Kind.ENDPOINTSLICES);
  }

  private List<Finding> findings(String portion) {
    List<Finding> findings = new ArrayList<>();
    tables
        .forbidden(portion)
        .forEach((kind, words) -> findings.add(ClusterFindings.forbidden(portion, kind, words)));
    if (!portion.isEmpty() && isReadable(portion) && isRead(portion)) {
      findings.addAll(tables.faults(portion));
    }
    return findings;
  }

  private void tell(String portion, Source.Sink sink) {
    if (portion.isEmpty()) {
      sink.accept(new SourceEvent.PortionFindings(CLUSTER, false, findings(portion)));
    } else if (!isReadable(portion)) {
      sink.accept(new SourceEvent.PortionFindings(portion, true, findings(portion)));
    } else {
      SortedMap<ServiceId, Service> told = new TreeMap<>();
      if (isRead(portion)) {
        for (ClusterObject.Service service : tables.services(portion).values()) {
          mapper.service(service).ifPresent(known -> told.put(known.id(), known));
        }
      }
      toldPortions.add(portion);
      sink.accept(new SourceEvent.ServicesReplaced(portion, told));
      sink.accept(new SourceEvent.PortionFindings(portion, false, findings(portion)));
    }
  }
}
