package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.ServiceNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one scope holds: takes what Nacos says and sends what changed. Not thread-safe; has neither
 * threads nor a clock. What it sends may repeat what is known.
 *
 * <p>Nothing is sent until the scope was seen whole once, because a partial list would take away
 * what the control loop still has from before a restart.
 *
 * <p>After a loss every service must be told again. An answer that lacks instances which could be
 * called before, or a listing that lacks the service, is held back until it stays the same for the
 * settle time (or keeps changing for three times as long): a Nacos that was restarted lists nothing
 * until its providers come back. An answer that lacks nothing counts at once. In normal times every
 * answer counts at once.
 */
final class ScopeInventory {

  private static final int LONGEST_HOLD = 3;

  private final NacosScope scope;
  private final String source;
  private final NacosMapper mapper;
  private final Duration settle;
  private final Source.Sink sink;

  /** By name in Nacos, as everything here. */
  private final NavigableMap<String, Entry> entries = new TreeMap<>();

  private final NavigableMap<String, Held> held = new TreeMap<>();
  private final NavigableSet<String> changed = new TreeSet<>();
  private SortedMap<String, String> meshNames = new TreeMap<>();
  private boolean isListed;
  private boolean areNamesStale = true;
  private boolean areFindingsStale;
  private @Nullable String refusal;
  private boolean wasSeenWhole;

  ScopeInventory(NacosScope scope, String source, Duration settle, Source.Sink sink) {
    this.scope = scope;
    this.source = source;
    this.mapper = new NacosMapper(source);
    this.settle = settle;
    this.sink = sink;
  }

  NacosScope scope() {
    return scope;
  }

  /** The connection ended, and with it the subscriptions: nothing is certain any more. */
  void disconnected() {
    isListed = false;
    held.clear();
    for (Entry entry : entries.values()) {
      entry.isTold = false;
      entry.serverTime = 0;
      entry.isDoubted = entry.current != null;
    }
  }

  /** Takes a whole listing and says for which services subscriptions are to begin or to end. */
  Listing listed(Collection<String> services, Instant now) {
    isListed = true;
    refuse(null);
    Set<String> there = new HashSet<>(services);
    List<String> gone = new ArrayList<>();
    for (String known : List.copyOf(entries.keySet())) {
      if (!there.contains(known) && isGone(known, now)) {
        gone.add(known);
      }
    }
    List<String> wanted = new ArrayList<>();
    for (String service : there) {
      if (!entries.containsKey(service)) {
        entries.put(service, new Entry());
        areNamesStale = true;
      }
      if (!entry(service).isTold) {
        wanted.add(service);
      }
    }
    wanted.sort(Comparator.naturalOrder());
    return new Listing(wanted, gone);
  }

  /** The server answers, but does not let us list this scope; what is known stays. */
  void refused(String reason) {
    refuse(reason);
  }

  /** Takes an answer or a push; one that is older than what is known is dropped. */
  void told(Registration registration, Instant now) {
    Entry entry = entries.get(registration.service());
    if (entry == null || registration.serverTime() < entry.serverTime) {
      return;
    }
    entry.isTold = true;
    entry.toldAt = now;
    entry.serverTime = registration.serverTime();
    fail(entry, null);
    MappedService before = entry.current == null ? MappedService.NOTHING : entry.current;
    MappedService content = mapper.map(scope, registration, before);
    if (entry.isDoubted && !callable(content).containsAll(callable(before))) {
      hold(registration.service(), content, now);
    } else {
      accept(registration.service(), content);
    }
  }

  /**
   * The server lists a service but does not answer for it. It is no reason to hold up all others,
   * and is asked again after the next listing.
   */
  void untold(String service, String reason) {
    Entry entry = entries.get(service);
    if (entry != null) {
      fail(entry, reason);
    }
  }

  /** Believes what was held back for long enough. */
  void settle(Instant now) {
    for (Map.Entry<String, Held> waiting : List.copyOf(held.entrySet())) {
      if (waiting.getValue().isRipe(now, settle)) {
        MappedService content = waiting.getValue().content;
        if (content == null) {
          remove(waiting.getKey());
        } else {
          accept(waiting.getKey(), content);
        }
      }
    }
  }

  /**
   * Tells whether everything was told since the start or since the last loss, as far as the server
   * lets us read it.
   */
  boolean isComplete() {
    return refusal != null || isSeenWhole();
  }

  /** The server's reason for not letting us list the scope. */
  @Nullable String refusal() {
    return refusal;
  }

  /** At most {@code most} services whose last word is older than {@code than}, oldest first. */
  List<String> toldBefore(Instant than, int most) {
    return entries.entrySet().stream()
        .filter(known -> known.getValue().isTold && known.getValue().toldAt.isBefore(than))
        .sorted(Comparator.comparing(known -> known.getValue().toldAt))
        .limit(most)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Sends what changed since the last time, if the scope was seen whole at least once. */
  void flush() {
    wasSeenWhole |= isSeenWhole();
    if (wasSeenWhole && refusal == null) {
      boolean renamed = rename();
      if (renamed || changed.stream().anyMatch(this::hasOtherService)) {
        sendServices();
      }
      changed.forEach(this::sendEndpoints);
      changed.clear();
    }
    if (areFindingsStale) {
      areFindingsStale = false;
      sink.accept(new SourceEvent.ScopeFindings(scope.name(), refusal != null, findings()));
    }
  }

  private boolean isSeenWhole() {
    return isListed
        && held.isEmpty()
        && entries.values().stream().allMatch(entry -> entry.isTold || entry.failure != null);
  }

  private boolean isGone(String service, Instant now) {
    Entry entry = entry(service);
    if (entry.isDoubted && entry.current != null && !callable(entry.current).isEmpty()) {
      entry.isTold = false;
      hold(service, null, now);
      return false;
    }
    remove(service);
    return true;
  }

  private void hold(String service, @Nullable MappedService content, Instant now) {
    held.put(service, Held.after(held.get(service), content, now));
  }

  private void accept(String service, MappedService content) {
    Entry entry = entry(service);
    entry.isDoubted = false;
    held.remove(service);
    if (!content.equals(entry.current)) {
      areFindingsStale |= entry.current == null || !content.hasFindingsOf(entry.current);
      entry.current = content;
      changed.add(service);
    }
  }

  private void remove(String service) {
    entries.remove(service);
    held.remove(service);
    changed.remove(service);
    areNamesStale = true;
    areFindingsStale = true;
  }

  private void refuse(@Nullable String reason) {
    areFindingsStale |= !Objects.equals(refusal, reason);
    refusal = reason;
  }

  private void fail(Entry entry, @Nullable String reason) {
    areFindingsStale |= !Objects.equals(entry.failure, reason);
    entry.failure = reason;
  }

  private Entry entry(String service) {
    return Objects.requireNonNull(entries.get(service), service);
  }

  private static Set<EndpointKey> callable(MappedService service) {
    return service.endpoints().endpoints().stream()
        .filter(endpoint -> !endpoint.isDrained() && endpoint.health() == Health.HEALTHY)
        .map(Endpoint::key)
        .collect(Collectors.toSet());
  }

  /** Names depend on each other: a newcomer may take an old one's name away (a clash). */
  private boolean rename() {
    if (!areNamesStale) {
      return false;
    }
    areNamesStale = false;
    areFindingsStale = true;
    SortedMap<String, String> next = ServiceNames.meshNames(entries.keySet());
    for (String service : entries.keySet()) {
      if (!Objects.equals(next.get(service), meshNames.get(service))) {
        changed.add(service);
      }
    }
    meshNames = next;
    return true;
  }

  private boolean hasOtherService(String service) {
    Entry entry = entry(service);
    return entry.current != null && !entry.current.ports().equals(entry.sentPorts);
  }

  private void sendServices() {
    SortedMap<ServiceId, Service> services = new TreeMap<>();
    entries.forEach(
        (service, entry) -> {
          if (entry.current != null) {
            entry.sentPorts = entry.current.ports();
            services.put(id(service), service(service, entry.current));
          }
        });
    sink.accept(new SourceEvent.ServicesReplaced(scope.name(), services));
  }

  private Service service(String service, MappedService mapped) {
    ServiceId id = id(service);
    return new Service(
        id,
        scope.aliases(service, id.name()),
        mapped.ports(),
        Immutable.sortedSet(List.of()),
        List.of(source));
  }

  private void sendEndpoints(String service) {
    Entry entry = entry(service);
    if (entry.current != null) {
      sink.accept(new SourceEvent.EndpointsReplaced(id(service), entry.current.endpoints()));
    }
  }

  private ServiceId id(String service) {
    return new ServiceId(
        scope.meshNamespace(), Objects.requireNonNull(meshNames.get(service), service));
  }

  private List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    if (refusal != null) {
      findings.add(finding(FindingCode.SOURCE_LOST, "scope " + scope.name(), refusal));
    }
    entries.forEach(
        (service, entry) -> {
          if (entry.current != null) {
            findings.addAll(entry.current.findings());
          }
          if (entry.failure != null) {
            findings.add(finding(FindingCode.MALFORMED_ENTRY, "service " + service, entry.failure));
          }
        });
    findings.addAll(clashes());
    return findings;
  }

  private List<Finding> clashes() {
    Map<String, List<String>> byPlainName =
        entries.keySet().stream()
            .collect(
                Collectors.groupingBy(ServiceNames::meshName, TreeMap::new, Collectors.toList()));
    List<Finding> clashes = new ArrayList<>();
    byPlainName.forEach(
        (name, services) -> {
          if (services.size() > 1) {
            clashes.add(
                finding(
                    FindingCode.HOST_CLASH,
                    "services " + String.join(", ", services),
                    "must not come to one name in the mesh, found '"
                        + name
                        + "' for all of them; they are called "
                        + services.stream()
                            .map(service -> "'" + meshNames.getOrDefault(service, name) + "'")
                            .collect(Collectors.joining(", "))));
          }
        });
    return clashes;
  }

  private Finding finding(FindingCode code, String subject, String message) {
    return new Finding(code, subject, source + ": " + scope.name(), null, message);
  }

  /**
   * What a listing asks for.
   *
   * @param toSubscribe services of which nothing was told on this connection
   * @param toUnsubscribe services that are gone
   */
  record Listing(List<String> toSubscribe, List<String> toUnsubscribe) {}

  /** One service. */
  private static final class Entry {
    /** What is believed; null until it was told once. */
    private @Nullable MappedService current;

    /** Why the server does not answer for it. */
    private @Nullable String failure;

    private @Nullable List<ServicePort> sentPorts;
    private boolean isTold;

    /** What is known is from before a loss, so that less than that is not believed at once. */
    private boolean isDoubted;

    private Instant toldAt = Instant.MIN;
    private long serverTime;
  }

  /**
   * An answer that is not believed yet.
   *
   * @param content null if the service was not listed at all
   * @param since when exactly this was said first
   * @param first when something unbelievable was said first
   */
  private record Held(@Nullable MappedService content, Instant since, Instant first) {

    static Held after(@Nullable Held before, @Nullable MappedService content, Instant now) {
      if (before == null) {
        return new Held(content, now, now);
      }
      return Objects.equals(before.content, content)
          ? before
          : new Held(content, now, before.first);
    }

    boolean isRipe(Instant now, Duration settle) {
      return !now.isBefore(since.plus(settle))
          || !now.isBefore(first.plus(settle.multipliedBy(LONGEST_HOLD)));
    }
  }
}
