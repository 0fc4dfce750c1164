package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A sink that keeps what a control loop would keep of one source's events, and lets a test wait for
 * a condition of it. Thread-safe.
 */
public final class TestingSink implements Source.Sink {

  /** Generous: it is only waited for in full when the test fails. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<SourceEvent> events = new ArrayList<>();
  private final List<SourceEvent> repeats = new ArrayList<>();
  private final List<Seen> history = new ArrayList<>();
  private final List<DocumentKey> expected = new ArrayList<>();
  private Seen seen = Seen.NOTHING;

  /**
   * All that the source has told, merged.
   *
   * @param services by portion
   * @param endpoints of the services
   * @param policies documents that are there
   * @param findings by portion; a portion with none is not here
   * @param unreadable portions that the source could not read
   * @param isSynced whether the last of Synced and Lost was Synced
   * @param lost why, if the last of Synced and Lost was Lost
   */
  public record Seen(
      SortedMap<String, SortedMap<ServiceId, Service>> services,
      SortedMap<ServiceId, EndpointSet> endpoints,
      SortedMap<DocumentKey, RawDocument> policies,
      SortedMap<String, List<Finding>> findings,
      List<String> unreadable,
      boolean isSynced,
      @Nullable String lost) {

    static final Seen NOTHING =
        new Seen(
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            List.of(),
            false,
            null);

    /** Copies what it is given. */
    public Seen {
      services = Immutable.sortedMap(services);
      endpoints = Immutable.sortedMap(endpoints);
      policies = Immutable.sortedMap(policies);
      findings = Immutable.sortedMap(findings);
      unreadable = List.copyOf(unreadable);
    }

    /** The service, in whichever portion. */
    public Optional<Service> service(ServiceId id) {
      return services.values().stream()
          .map(portion -> portion.get(id))
          .filter(Objects::nonNull)
          .findFirst();
    }

    /** The service's endpoints; none if nothing was told. */
    public List<Endpoint> endpointsOf(ServiceId id) {
      return endpoints.getOrDefault(id, EndpointSet.EMPTY).endpoints();
    }

    /** The findings of all portions. */
    public List<Finding> allFindings() {
      return findings.values().stream().flatMap(List::stream).toList();
    }
  }

  @Override
  public void accept(SourceEvent event) {
    lock.lock();
    try {
      events.add(event);
      Seen next = after(event);
      if (next.equals(seen)) {
        repeats.add(event);
      }
      seen = next;
      history.add(next);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void expect(RawDocument document) {
    lock.lock();
    try {
      expected.add(document.key());
    } finally {
      lock.unlock();
    }
  }

  /** All documents that were expected so far. */
  public List<DocumentKey> expected() {
    lock.lock();
    try {
      return List.copyOf(expected);
    } finally {
      lock.unlock();
    }
  }

  /** What is seen now. */
  public Seen seen() {
    lock.lock();
    try {
      return seen;
    } finally {
      lock.unlock();
    }
  }

  /** All events so far. */
  public List<SourceEvent> events() {
    lock.lock();
    try {
      return List.copyOf(events);
    } finally {
      lock.unlock();
    }
  }

  /** Events that told nothing new; a good source sends none. */
  public List<SourceEvent> repeats() {
    lock.lock();
    try {
      return List.copyOf(repeats);
    } finally {
      lock.unlock();
    }
  }

  /** What was seen after each event. */
  public List<Seen> history() {
    lock.lock();
    try {
      return List.copyOf(history);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until {@code condition} holds, and returns what was seen then.
   *
   * @param what the condition in words, for the message of a failure
   */
  public Seen await(String what, Predicate<Seen> condition) throws InterruptedException {
    long left = LONGEST_WAIT.toNanos();
    lock.lock();
    try {
      while (!condition.test(seen)) {
        if (left <= 0) {
          throw new AssertionError(
              "Waited "
                  + LONGEST_WAIT
                  + " for: "
                  + what
                  + "\nseen: "
                  + seen
                  + "\nevents: "
                  + events);
        }
        left = changed.awaitNanos(left);
      }
      return seen;
    } finally {
      lock.unlock();
    }
  }

  private Seen after(SourceEvent event) {
    return switch (event) {
      case SourceEvent.ServicesReplaced(var portion, var services) -> replaced(portion, services);
      case SourceEvent.ServicesChanged(var portion, var put, var removed) -> {
        TreeMap<ServiceId, Service> services =
            new TreeMap<>(seen.services.getOrDefault(portion, new TreeMap<>()));
        services.keySet().removeAll(removed);
        services.putAll(put);
        yield replaced(portion, services);
      }
      case SourceEvent.EndpointsReplaced(var service, var endpoints) ->
          with(seen.services, put(seen.endpoints, service, endpoints), seen.policies);
      case SourceEvent.PolicyPut(var document) ->
          with(seen.services, seen.endpoints, put(seen.policies, document.key(), document));
      case SourceEvent.PolicyDeleted(var key) ->
          with(seen.services, seen.endpoints, put(seen.policies, key, null));
      case SourceEvent.PortionFindings(var portion, var unreadable, var findings) -> {
        List<String> portions = new ArrayList<>(seen.unreadable);
        portions.remove(portion);
        if (unreadable) {
          portions.add(portion);
        }
        portions.sort(null);
        yield new Seen(
            seen.services,
            seen.endpoints,
            seen.policies,
            put(seen.findings, portion, findings.isEmpty() ? null : findings),
            portions,
            seen.isSynced,
            seen.lost);
      }
      case SourceEvent.Synced() -> standing(true, null);
      case SourceEvent.Lost(var reason) -> standing(false, reason);
    };
  }

  private Seen replaced(String portion, SortedMap<ServiceId, Service> services) {
    TreeMap<ServiceId, EndpointSet> endpoints = new TreeMap<>(seen.endpoints);
    for (ServiceId before : seen.services.getOrDefault(portion, new TreeMap<>()).keySet()) {
      if (!services.containsKey(before)) {
        endpoints.remove(before);
      }
    }
    return with(put(seen.services, portion, services), endpoints, seen.policies);
  }

  private Seen with(
      SortedMap<String, SortedMap<ServiceId, Service>> services,
      SortedMap<ServiceId, EndpointSet> endpoints,
      SortedMap<DocumentKey, RawDocument> policies) {
    return new Seen(
        services, endpoints, policies, seen.findings, seen.unreadable, seen.isSynced, seen.lost);
  }

  private Seen standing(boolean synced, @Nullable String lost) {
    return new Seen(
        seen.services, seen.endpoints, seen.policies, seen.findings, seen.unreadable, synced, lost);
  }

  private static <K extends Comparable<K>, V> SortedMap<K, V> put(
      SortedMap<K, V> map, K key, @Nullable V value) {
    TreeMap<K, V> copy = new TreeMap<>(map);
    if (value == null) {
      copy.remove(key);
    } else {
      copy.put(key, value);
    }
    return copy;
  }
}
