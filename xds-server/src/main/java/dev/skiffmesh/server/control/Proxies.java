package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.Delivery;
import dev.skiffmesh.server.delivery.NodeReading;
import dev.skiffmesh.server.delivery.ProxyAck;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.ProxyView;
import dev.skiffmesh.translator.Scope;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The connected proxies: translates for each of them on the pool, and publishes in order. Confined
 * to the control thread, except for the translations themselves, which read immutable values.
 */
// An evaluation that is the same object is unchanged, see Control.adopt.
@SuppressWarnings("ReferenceEquality")
final class Proxies {

  private final Delivery delivery;
  private final ControlThreads threads;
  private final ControlMetrics metrics;
  private final Runnable changed;
  private final Duration assignmentGrace;
  private final Assignments assignments;
  private final Convergence convergence;
  private final SortedMap<StreamId, ProxyStream> streams = new TreeMap<>();

  /** By node id, its one aggregated stream: whoever comes again is found without a walk. */
  private final Map<String, ProxyStream> aggregated = new HashMap<>();

  private final Duplicates duplicates;
  private final TranslationWork work;
  private final ScopeBook scopes;
  private final RuntimeKeys keys;
  private World world = World.EMPTY;
  private @Nullable Evaluation evaluation;

  /**
   * No proxy is connected.
   *
   * @param changed told on the control thread when there is something new to report
   */
  Proxies(
      Translations translations,
      Delivery delivery,
      ControlThreads threads,
      ControlSettings settings,
      ControlMetrics metrics,
      ScopeBook scopes,
      RuntimeKeys keys,
      Runnable changed) {
    this.work = new TranslationWork(translations, threads, metrics);
    this.delivery = delivery;
    this.threads = threads;
    this.metrics = metrics;
    this.changed = changed;
    this.scopes = scopes;
    this.keys = keys;
    this.assignmentGrace = settings.assignmentGrace();
    this.assignments = new Assignments(translations);
    this.convergence = new Convergence(metrics::converged);
    this.duplicates = new Duplicates(threads::nanos);
  }

  Collection<ProxyStream> streams() {
    return streams.values();
  }

  /** What is odd about the proxies that are connected, beside what their translations say. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>(duplicates.findings());
    for (ProxyStream stream : streams.values()) {
      findings.addAll(stream.oddities);
      if (stream.failure != null) {
        findings.add(
            Finding.of(
                FindingCode.TRANSLATION_FAILED,
                "proxy " + stream.identity.id(),
                "Skiff failed to translate for this proxy, which keeps what it has: "
                    + stream.failure));
      }
    }
    return findings;
  }

  /**
   * Services and policies are others; everybody is translated for anew unless {@code evaluated} is
   * the same object as before.
   *
   * @param touched services whose endpoints may be others too
   * @param began when the first event behind it came; null if it was none
   * @param change where what is pushed because of it is written down
   */
  void adopt(
      World next,
      Evaluation evaluated,
      Iterable<ServiceId> touched,
      @Nullable Long began,
      History.Change change) {
    world = next;
    boolean same = evaluated == evaluation;
    evaluation = evaluated;
    SortedSet<ServiceId> services = new TreeSet<>();
    for (ServiceId id : touched) {
      // A service that is gone keeps its assignments until no proxy has a cluster for them: calls
      // must not fail between the two.
      if (next.services().containsKey(id)) {
        services.add(id);
      }
    }
    publishEndpoints(services, began, change);
    if (!same) {
      for (ProxyStream stream : streams.values()) {
        stream.changes = Stream.concat(stream.changes.stream(), Stream.of(change)).toList();
        if (stream.eventNanos == null) {
          stream.eventNanos = began;
        }
        translate(stream);
      }
    }
  }

  /** Endpoints of {@code services} are others; nothing is translated. */
  void endpointsChanged(
      World next, SortedSet<ServiceId> services, long began, History.Change change) {
    world = next;
    publishEndpoints(services, began, change);
  }

  private void publishEndpoints(
      SortedSet<ServiceId> services, @Nullable Long began, History.Change change) {
    SortedSet<String> names = new TreeSet<>();
    for (ServiceId id : services) {
      Service service = world.services().get(id);
      if (service != null) {
        names.addAll(assignments.update(service, world.endpointsOf(id)));
      }
    }
    if (names.isEmpty()) {
      return;
    }
    List<Convergence.Sent> sent = new ArrayList<>();
    for (String name : names) {
      sent.add(new Convergence.Sent(ResourceKind.ENDPOINT, name, version(name)));
    }
    for (ProxyStream stream : streams.values()) {
      if (stream.translation == null || stream.assignmentNames == null) {
        continue;
      }
      SortedSet<String> own = new TreeSet<>(names);
      own.retainAll(stream.assignmentNames);
      if (!own.isEmpty()) {
        publish(stream, stream.translation, own);
        List<Convergence.Sent> ofStream =
            sent.stream().filter(one -> own.contains(one.name())).toList();
        change.pushed(stream.id, stream.identity.id(), ofStream, List.of());
        if (began != null) {
          convergence.published(stream.id, ofStream, began, threads.nanos());
        }
      }
    }
    changed.run();
  }

  private String version(String assignment) {
    Resource resource = assignments.current().get(assignment);
    return resource == null ? "" : resource.version();
  }

  /**
   * A stream has come. It displaces an older aggregated stream of the same proxy, if it is one
   * itself: streams of single types live together, even those of one type, since Envoy opens one
   * for each cluster's endpoints, each route configuration and each secret.
   *
   * @param only the one type that it carries; null for all
   */
  void opened(
      StreamId id, NodeReading reading, String peer, @Nullable ResourceKind only, Instant now) {
    String proxy = reading.identity().id();
    ProxyStream other = only == null ? aggregated.get(proxy) : null;
    if (other != null) {
      duplicates.seen(proxy, peer, other.peer);
      boolean newer = other.id.compareTo(id) < 0;
      delivery.close(
          newer ? other.id : id,
          "another stream of '%s' has come from %s".formatted(proxy, newer ? peer : other.peer));
      if (!newer) {
        return;
      }
      remove(other.id);
    }
    ProxyStream stream =
        new ProxyStream(id, reading.identity(), peer, only == null, now, reading.findings());
    streams.put(id, stream);
    if (stream.aggregated) {
      aggregated.put(proxy, stream);
    }
    translate(stream);
    changed.run();
  }

  void answered(ProxyAck ack) {
    convergence.answered(ack, threads.nanos());
    if (ack.error().isPresent()) {
      metrics.rejected(ack.kind());
    }
    changed.run();
  }

  /** A limit of the port was reached, which is to be reported. */
  void limited() {
    changed.run();
  }

  void closed(StreamId id) {
    ProxyStream stream = remove(id);
    if (stream != null) {
      changed.run();
    }
  }

  private @Nullable ProxyStream remove(StreamId id) {
    ProxyStream stream = streams.remove(id);
    if (stream != null) {
      aggregated.remove(stream.identity.id(), stream);
    }
    long now = threads.nanos();
    convergence.closed(id, now);
    if (stream != null && stream.assignmentNames != null) {
      assignments.release(stream.assignmentNames, now);
    }
    return stream;
  }

  /** Drops what is only kept for a while. */
  void expire() {
    long now = threads.nanos();
    assignments.expire(now - assignmentGrace.toNanos());
    convergence.expire(now);
    duplicates.expire();
  }

  private void translate(ProxyStream stream) {
    Evaluation from = evaluation;
    if (from == null) {
      return;
    }
    TreePMap<DocumentKey, Policy<?>> policies = world.policies();
    if (stream.translating) {
      stream.stale = true;
      return;
    }
    stream.translating = true;
    stream.stale = false;
    ProxyView lastView = stream.view;
    Translation last = stream.whole;
    Long began = stream.eventNanos;
    stream.eventNanos = null;
    List<History.Change> changes = stream.changes;
    stream.changes = List.of();
    SortedSet<ServiceId> learned = scopes.with(stream.workload, stream.kept);
    threads.translation(
        () -> {
          Outcome outcome = work.run(stream.identity, from, learned, lastView, last);
          threads.control(() -> translated(stream, from, policies, outcome, began, changes));
        });
  }

  private void translated(
      ProxyStream stream,
      Evaluation from,
      TreePMap<DocumentKey, Policy<?>> policies,
      Outcome outcome,
      @Nullable Long began,
      List<History.Change> changes) {
    stream.translating = false;
    if (streams.get(stream.id) != stream) {
      return;
    }
    switch (outcome) {
      case Outcome.Same(ProxyView view) -> {
        stream.view = view;
        keep(stream, view);
        stream.failure = null;
        stream.translatedFrom = from;
        stream.policies = policies;
      }
      case Outcome.New(ProxyView view, Translation translation, var sent, var removed) -> {
        stream.view = view;
        keep(stream, view);
        Translation served = keys.served(translation);
        stream.whole = translation;
        stream.translation = served;
        stream.failure = null;
        stream.translatedFrom = from;
        stream.policies = policies;
        SortedSet<String> names = translation.resources().assignmentNames();
        assignments.acquire(names, world::endpointsOf);
        if (stream.assignmentNames != null) {
          assignments.release(stream.assignmentNames, threads.nanos());
        }
        stream.assignmentNames = names;
        publish(stream, served, null);
        if (began != null) {
          convergence.published(
              stream.id, withoutWithheld(sent, translation, served), began, threads.nanos());
        }
        // What came of two changes together is booked under both.
        changes.forEach(one -> one.pushed(stream.id, stream.identity.id(), sent, removed));
      }
      case Outcome.Failed(String why) -> stream.failure = why;
    }
    if (stream.stale) {
      translate(stream);
    }
    changed.run();
  }

  /** A layer that is not served is acknowledged by nobody. */
  private static List<Convergence.Sent> withoutWithheld(
      List<Convergence.Sent> sent, Translation whole, Translation served) {
    return served == whole
        ? sent
        : sent.stream().filter(one -> !one.kind().equals(ResourceKind.RUNTIME)).toList();
  }

  /** See {@link RuntimeKeys#check}. */
  void checkKeys() {
    if (keys.check(streams.values(), (stream, served) -> publish(stream, served, null))) {
      changed.run();
    }
  }

  /** Has the runtime layers that have keys renewed; costs nothing for proxies without. */
  void renewKeys() {
    RuntimeKeys.harmed(streams.values()).forEach(delivery::renew);
  }

  private static void keep(ProxyStream stream, ProxyView view) {
    if (view.scope().mode() == ScopeMode.ON_DEMAND) {
      stream.kept = together(stream.kept, view.scope().services());
    }
  }

  private static SortedSet<ServiceId> together(
      SortedSet<ServiceId> some, Collection<ServiceId> others) {
    if (some.containsAll(others)) {
      return some;
    }
    SortedSet<ServiceId> all = new TreeSet<>(some);
    all.addAll(others);
    return Immutable.sortedSet(all);
  }

  /**
   * A proxy has asked for names, or has them from an earlier stream.
   *
   * @see dev.skiffmesh.server.delivery.DeliveryListener#wanted
   */
  void wanted(StreamId id, ResourceKind kind, Set<String> asked, Set<String> held, Instant now) {
    ProxyStream stream = streams.get(id);
    if (stream == null
        || stream.view == null
        || stream.view.scope().mode() != ScopeMode.ON_DEMAND) {
      return;
    }
    SortedSet<ServiceId> used = services(stream, kind, asked);
    stream.kept = together(stream.kept, services(stream, kind, held));
    stream.kept = together(stream.kept, used);
    if (!stream.view.scope().services().containsAll(stream.kept)) {
      translate(stream);
    }
    if (scopes.used(stream.workload, used, now)) {
      for (ProxyStream replica : streams.values()) {
        if (replica != stream && scopes.follows(replica.workload, stream.workload)) {
          translate(replica);
        }
      }
      changed.run();
    }
  }

  /**
   * A proxy has called services. What policies send its calls to is not its own choice, so it is
   * not written down where only what a workload chooses is sent to it.
   *
   * @see dev.skiffmesh.server.usage.UsageListener#used
   */
  void used(String nodeId, SortedSet<ServiceId> services, Instant now) {
    for (ProxyStream stream : streams.values()) {
      if (stream.identity.id().equals(nodeId) && stream.view != null) {
        Scope scope = stream.view.scope();
        NavigableSet<ServiceId> chosen = new TreeSet<>(services);
        chosen.retainAll(
            scope.mode() == ScopeMode.ALL
                ? stream.view.outbound().services().keySet()
                : scope.services());
        if (scopes.used(stream.workload, chosen, now)) {
          changed.run();
        }
        return;
      }
    }
  }

  private static SortedSet<ServiceId> services(
      ProxyStream stream, ResourceKind kind, Set<String> names) {
    NavigableSet<ServiceId> services = new TreeSet<>();
    if (stream.translation != null) {
      Reach reach = stream.translation.reach();
      names.forEach(name -> reach.service(kind, name).ifPresent(services::add));
    }
    return services;
  }

  private void publish(
      ProxyStream stream, Translation translation, @Nullable SortedSet<String> names) {
    delivery.publish(
        stream.id,
        new ProxySnapshot(translation.resources(), assignments.current(), translation.reach()),
        names);
  }

  /** What {@code stream} is to have; null before its first translation. */
  @Nullable ProxySnapshot snapshot(ProxyStream stream) {
    return stream.translation == null
        ? null
        : new ProxySnapshot(
            stream.translation.resources(), assignments.current(), stream.translation.reach());
  }

  /** Tells whether the newest evaluation has reached {@code stream}. */
  boolean isCurrent(ProxyStream stream) {
    return stream.translatedFrom == evaluation;
  }
}
