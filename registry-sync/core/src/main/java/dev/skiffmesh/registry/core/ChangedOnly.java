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
import java.util.SortedMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A sink in front of the loop's that lets pass only what tells something new, and nothing once it
 * is closed. So a source may tell the full state whenever it is in doubt: beats, resyncs and
 * rewritten files cost nobody anything. Thread-safe; keeps the order of each calling thread.
 */
public final class ChangedOnly implements Source.Sink, AutoCloseable {

  private final Source.Sink sink;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, SortedMap<ServiceId, Service>> services = new HashMap<>();
  private final Map<ServiceId, EndpointSet> endpoints = new HashMap<>();
  private final Map<DocumentKey, RawDocument> policies = new HashMap<>();
  private final Map<String, SourceEvent.ScopeFindings> findings = new HashMap<>();
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
      if (!closed && isNew(event)) {
        sink.accept(event);
      }
    } finally {
      lock.unlock();
    }
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

  private boolean isNew(SourceEvent event) {
    return switch (event) {
      case SourceEvent.ServicesReplaced(var scope, var now) -> replace(scope, now);
      case SourceEvent.EndpointsReplaced(var service, var now) ->
          !now.equals(endpoints.put(service, now));
      case SourceEvent.PolicyPut(var document) ->
          !document.equals(policies.put(document.key(), document));
      case SourceEvent.PolicyDeleted(var key) -> policies.remove(key) != null;
      case SourceEvent.ScopeFindings now -> findings(now);
      case SourceEvent.Synced _, SourceEvent.Lost _ -> {
        SourceEvent before = standing;
        standing = event;
        yield !event.equals(before);
      }
    };
  }

  private boolean replace(String scope, SortedMap<ServiceId, Service> now) {
    SortedMap<ServiceId, Service> before = services.put(scope, now);
    if (before != null) {
      // The loop drops the endpoints of a service that is gone, so they are new if it comes back.
      before.keySet().stream().filter(id -> !now.containsKey(id)).forEach(endpoints::remove);
    }
    return !now.equals(before);
  }

  private boolean findings(SourceEvent.ScopeFindings now) {
    boolean nothing = !now.unreadable() && now.findings().isEmpty();
    SourceEvent.ScopeFindings before =
        nothing ? findings.remove(now.scope()) : findings.put(now.scope(), now);
    return nothing ? before != null : !now.equals(before);
  }
}
