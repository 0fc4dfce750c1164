package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A sink in front of the loop's that lets pass only what tells something new, and nothing once it
 * is closed. So a source may tell the full state whenever it is in doubt: beats, resyncs and
 * rewritten files cost nobody anything. Of a portion that was told whole before, only the services
 * that differ go on, so that the loop's work follows the change whatever the source does. What it
 * compares with are the objects that the loop holds, see {@link Told}. Thread-safe; keeps the order
 * of each calling thread.
 */
public final class ChangedOnly implements Source.Sink, AutoCloseable {

  private final Source.Sink sink;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Told<ServiceId, Service>> services = new HashMap<>();
  private final Told<ServiceId, EndpointSet> endpoints = new Told<>();
  private final Told<DocumentKey, RawDocument> policies = new Told<>();
  private final Told<String, SourceEvent.PortionFindings> findings = new Told<>();
  private @Nullable SourceEvent standing;
  private boolean closed;

  /** Forwards to {@code sink}. */
  public ChangedOnly(Source.Sink sink) {
    this.sink = sink;
  }

  @Override
  public void accept(SourceEvent event) {
    lock.lock();
    try {
      if (!closed) {
        SourceEvent news = news(event);
        if (news != null) {
          sink.accept(news);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets pass what is not known yet. */
  @Override
  public void expect(RawDocument document) {
    lock.lock();
    try {
      if (closed || document.equals(policies.get(document.key()))) {
        return;
      }
    } finally {
      lock.unlock();
    }
    // Without the lock: whoever hears it may take its time.
    sink.expect(document);
  }

  /** Lets nothing pass any more; when it returns, nothing is being passed on. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** What of an event is new; null if nothing is. */
  private @Nullable SourceEvent news(SourceEvent event) {
    return switch (event) {
      case SourceEvent.ServicesReplaced told -> replaced(told);
      case SourceEvent.ServicesChanged(var portion, var put, var removed) ->
          changed(portion, put, removed);
      case SourceEvent.EndpointsReplaced _,
          SourceEvent.PolicyPut _,
          SourceEvent.PolicyDeleted _,
          SourceEvent.PortionFindings _,
          SourceEvent.Synced _,
          SourceEvent.Lost _ ->
          isNew(event) ? event : null;
    };
  }

  private boolean isNew(SourceEvent event) {
    return switch (event) {
      case SourceEvent.ServicesReplaced _, SourceEvent.ServicesChanged _ -> true;
      case SourceEvent.EndpointsReplaced(var service, var now) -> endpoints.isNew(service, now);
      case SourceEvent.PolicyPut(var document) -> policies.isNew(document.key(), document);
      case SourceEvent.PolicyDeleted(var key) -> policies.remove(key);
      case SourceEvent.PortionFindings now -> findings(now);
      case SourceEvent.Synced _, SourceEvent.Lost _ -> {
        SourceEvent before = standing;
        standing = event;
        yield !event.equals(before);
      }
    };
  }

  private @Nullable SourceEvent replaced(SourceEvent.ServicesReplaced told) {
    Told<ServiceId, Service> known = services.get(told.portion());
    if (known != null) {
      return changed(told.portion(), told.services(), known.without(told.services().keySet()));
    }
    Told<ServiceId, Service> first = new Told<>();
    told.services().forEach(first::isNew);
    services.put(told.portion(), first);
    return told;
  }

  private @Nullable SourceEvent changed(
      String portion, SortedMap<ServiceId, Service> told, Set<ServiceId> gone) {
    Told<ServiceId, Service> known = services.computeIfAbsent(portion, _ -> new Told<>());
    SortedSet<ServiceId> removed = new TreeSet<>();
    for (ServiceId id : gone) {
      if (known.remove(id)) {
        removed.add(id);
        // The loop drops the endpoints of a service that is gone, so they are new if it comes back.
        endpoints.remove(id);
      }
    }
    SortedMap<ServiceId, Service> put = new TreeMap<>();
    told.forEach(
        (id, service) -> {
          if (known.isNew(id, service)) {
            put.put(id, service);
          }
        });
    return put.isEmpty() && removed.isEmpty()
        ? null
        : new SourceEvent.ServicesChanged(portion, put, removed);
  }

  private boolean findings(SourceEvent.PortionFindings now) {
    boolean nothing = !now.unreadable() && now.findings().isEmpty();
    return nothing ? findings.remove(now.portion()) : findings.isNew(now.portion(), now);
  }
}
