package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.Delivery;
import dev.skiffmesh.server.delivery.NodeReading;
import dev.skiffmesh.server.delivery.ProxyAnswer;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.ReportInput;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connected proxies: has each of them translated for, and publishes in order. Confined to the
 * control thread.
 */
// An evaluation that is the same object is unchanged.
@SuppressWarnings("ReferenceEquality")
final class Proxies {

  private static final Logger LOG = LoggerFactory.getLogger(Proxies.class);

  private final Delivery delivery;
  private final ControlThreads threads;
  private final Runnable changed;
  private final Duration assignmentGrace;
  private final InForce inForce;
  private final Assignments assignments;
  private final Publishing publishing;
  private final Convergence convergence;
  private final ProxyStreams streams = new ProxyStreams();
  private final Duplicates duplicates;
  private final Translating translating;
  private final Wants wants;
  private final RuntimeKeys keys;

  /** Services that have left the registries, and when, until their assignments are empty. */
  private final SortedMap<ServiceId, Long> goneSince = new TreeMap<>();

  private @Nullable Evaluation translatedFor;
  private boolean partial;

  /**
   * No proxy is connected.
   *
   * @param changed told on the control thread when there is something new to report
   */
  Proxies(
      Translations translations,
      Delivery delivery,
      ControlThreads threads,
      Clock clock,
      ControlSettings settings,
      ControlMetrics metrics,
      Failures failures,
      InForce inForce,
      ScopeBook scopes,
      RuntimeKeys keys,
      Runnable changed) {
    this.delivery = delivery;
    this.threads = threads;
    this.changed = changed;
    this.keys = keys;
    this.inForce = inForce;
    this.assignmentGrace = settings.assignmentGrace();
    this.assignments = new Assignments(translations);
    this.publishing = new Publishing(delivery, assignments);
    this.convergence = new Convergence(metrics::converged);
    this.duplicates = new Duplicates(threads::nanos);
    this.translating =
        new Translating(
            new TranslationWork(translations, threads, metrics),
            threads,
            clock,
            failures,
            inForce,
            streams,
            scopes,
            keys,
            assignments,
            publishing,
            changed);
    this.wants = new Wants(streams, scopes, translating, changed);
  }

  Collection<ProxyStream> streams() {
    return streams.all();
  }

  /** What they ask for and call. */
  Wants wants() {
    return wants;
  }

  /** What is odd about the proxies that are connected, beside what their translations say. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>(duplicates.findings());
    for (ProxyStream stream : streams.all()) {
      findings.addAll(stream.oddities);
      if (stream.failure != null) {
        findings.add(
            Finding.of(
                FindingCode.TRANSLATION_FAILED,
                "proxy " + stream.identity.id(),
                "Skiff has failed to translate for this proxy since %s, which keeps what it has; it tries again: %s"
                    .formatted(
                        stream.failure.since().truncatedTo(ChronoUnit.SECONDS),
                        stream.failure.why())));
      }
    }
    return findings;
  }

  /**
   * Services and policies may be others; everybody is translated for anew unless the evaluation is
   * the same object as before, and as much is known.
   *
   * @param touched services whose endpoints may be others too
   * @param began when the first event behind it came; null if it was none
   * @param change where what is pushed because of it is written down
   */
  void adopt(Iterable<ServiceId> touched, @Nullable Long began, History.Change change) {
    SortedSet<ServiceId> services = new TreeSet<>();
    for (ServiceId id : touched) {
      if (inForce.world().services().containsKey(id)) {
        services.add(id);
        goneSince.remove(id);
      } else if (assignments.has(id)) {
        // A service that is gone keeps its assignments until no proxy has a cluster for them, or
        // for a while: calls must not fail between the two.
        goneSince.putIfAbsent(id, threads.nanos());
      }
    }
    endpointsChanged(services, began, change);
    if (inForce.evaluation() != translatedFor || inForce.isPartial() != partial) {
      translatedFor = inForce.evaluation();
      partial = inForce.isPartial();
      for (ProxyStream stream : streams.all()) {
        translating.translate(stream, new Translating.Behind(change, convergence.hold(began)));
      }
    }
  }

  /**
   * Endpoints of {@code services} are others; nothing is translated.
   *
   * @param began when the first event behind it came; null if it was none
   */
  void endpointsChanged(
      SortedSet<ServiceId> services, @Nullable Long began, History.Change change) {
    SortedSet<String> names = new TreeSet<>();
    for (ServiceId id : services) {
      Service service = inForce.world().services().get(id);
      if (service != null) {
        names.addAll(assignments.update(service, inForce.world().endpointsOf(id)));
      }
    }
    if (names.isEmpty()) {
      return;
    }
    List<Convergence.Sent> sent = new ArrayList<>();
    for (String name : names) {
      sent.add(new Convergence.Sent(ResourceKind.ENDPOINT, name, publishing.version(name)));
    }
    for (ProxyStream stream : streams.all()) {
      if (stream.assignmentNames == null) {
        continue;
      }
      SortedSet<String> own = new TreeSet<>(names);
      own.retainAll(stream.assignmentNames);
      if (!own.isEmpty() && publish(stream, own)) {
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

  /** Returns false if it failed; then the stream is given everything with its next translation. */
  private boolean publish(ProxyStream stream, @Nullable SortedSet<String> names) {
    try {
      publishing.publish(stream, names);
      return true;
    } catch (RuntimeException | Error e) {
      LOG.atError()
          .addKeyValue("proxy", stream.identity.id())
          .setCause(e)
          .log("A proxy could not be given what is new; it is given everything anew");
      stream.whole = null;
      translating.translate(stream);
      return false;
    }
  }

  /**
   * A stream has come. It displaces an older aggregated stream of the same Envoy, if it is one
   * itself: streams of single types live together, even those of one type, since Envoy opens one
   * for each cluster's endpoints, each route configuration and each secret. So do all those of a
   * gRPC client, which opens one for each target that it has a channel to (gRFC A71).
   *
   * @param only the one type that it carries; null for all
   */
  void opened(
      StreamId id, NodeReading reading, String peer, @Nullable ResourceKind only, Instant now) {
    String proxy = reading.identity().id();
    boolean alone = only == null && reading.identity().dialect() instanceof Dialect.Envoy;
    for (ProxyStream other : streams.ofProxy(proxy)) {
      if (alone && other.aggregated) {
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
    }
    ProxyStream stream =
        new ProxyStream(id, reading.identity(), peer, only == null, now, reading.findings());
    streams.add(stream);
    translating.translate(stream);
    changed.run();
  }

  void answered(ProxyAnswer ack) {
    convergence.answered(ack, threads.nanos());
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
    long now = threads.nanos();
    convergence.closed(id, now);
    if (stream != null) {
      stream.behind.forEach(one -> one.hold().release(now));
      if (stream.assignmentNames != null) {
        assignments.release(stream.assignmentNames, now);
      }
    }
    return stream;
  }

  /** Drops what is only kept for a while. */
  void expire() {
    long now = threads.nanos();
    convergence.expire(now);
    if (duplicates.expire()) {
      changed.run();
    }
    long before = now - assignmentGrace.toNanos();
    SortedSet<String> names = assignments.expire(before);
    for (ServiceId service : List.copyOf(goneSince.keySet())) {
      if (goneSince.get(service) - before < 0) {
        names.addAll(assignments.empty(service));
        goneSince.remove(service);
      }
    }
    if (!names.isEmpty()) {
      // Who asked by name alone is known to nobody but the streams.
      streams.all().forEach(stream -> publish(stream, names));
    }
  }

  /** See {@link RuntimeKeys#check}. */
  void checkKeys() {
    if (keys.check(streams.all(), stream -> publish(stream, null))) {
      changed.run();
    }
  }

  /** Has the runtime layers that have keys renewed; costs nothing for proxies without. */
  void renewKeys() {
    RuntimeKeys.harmed(streams.all()).forEach(delivery::renew);
  }

  /** What {@code stream} is to have; null before its first translation. */
  @Nullable ProxySnapshot snapshot(ProxyStream stream) {
    return publishing.snapshot(stream);
  }

  /** Tells whether the newest evaluation has reached {@code stream}. */
  boolean isCurrent(ProxyStream stream) {
    return stream.translatedFrom == inForce.evaluation();
  }

  /**
   * What is to be reported of each stream.
   *
   * @param isAllInForce whether what is translated from is all that was said
   */
  List<ReportInput.Stream> reported(boolean isAllInForce) {
    return streams().stream()
        .map(
            stream ->
                new ReportInput.Stream(
                    stream.id,
                    stream.identity,
                    stream.workload,
                    stream.peer,
                    stream.since,
                    isAllInForce && isCurrent(stream),
                    stream.policies,
                    stream.translation,
                    snapshot(stream),
                    stream.view == null ? null : stream.view.scope()))
        .toList();
  }
}
