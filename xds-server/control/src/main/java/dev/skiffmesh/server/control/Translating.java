package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.server.delivery.PartialReach;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.ProxyView;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/**
 * Translates for each stream on the pool, one translation of a stream at a time, and publishes what
 * comes of it. One that fails is tried again, at once and then with growing waits. Confined to the
 * control thread, except for the translations themselves, which read immutable values.
 */
// A translation that is the same object is unchanged.
@SuppressWarnings("ReferenceEquality")
final class Translating {

  /** A change that a translation answers. */
  record Behind(History.Change change, Convergence.Hold hold) {}

  /** What a translation was made of. */
  private record Made(
      Evaluation from, TreePMap<DocumentKey, Policy<?>> policies, boolean partial) {}

  private final TranslationWork work;
  private final ControlThreads threads;
  private final Clock clock;
  private final InForce inForce;
  private final ProxyStreams streams;
  private final ScopeBook scopes;
  private final RuntimeKeys keys;
  private final Assignments assignments;
  private final Publishing publishing;
  private final Runnable changed;
  private final Alarm retry;

  Translating(
      TranslationWork work,
      ControlThreads threads,
      Clock clock,
      Failures failures,
      InForce inForce,
      ProxyStreams streams,
      ScopeBook scopes,
      RuntimeKeys keys,
      Assignments assignments,
      Publishing publishing,
      Runnable changed) {
    this.work = work;
    this.threads = threads;
    this.clock = clock;
    this.inForce = inForce;
    this.streams = streams;
    this.scopes = scopes;
    this.keys = keys;
    this.assignments = assignments;
    this.publishing = publishing;
    this.changed = changed;
    this.retry = new Alarm(threads, failures, "translating again", this::retry);
  }

  /** Translates for {@code stream} because of {@code behind}. */
  void translate(ProxyStream stream, Behind behind) {
    stream.behind = Stream.concat(stream.behind.stream(), Stream.of(behind)).toList();
    translate(stream);
  }

  /** Translates for {@code stream}, after the translation that runs if one does. */
  void translate(ProxyStream stream) {
    Evaluation from = inForce.evaluation();
    if (from == null) {
      return;
    }
    if (stream.translating) {
      stream.stale = true;
      return;
    }
    List<Behind> behind = stream.behind;
    try {
      TreePMap<DocumentKey, Policy<?>> policies = inForce.world().policies();
      ProxyView lastView = stream.view;
      Translation last = stream.whole;
      boolean partial = inForce.isPartial();
      SortedSet<ServiceId> learned = scopes.with(stream.workload, stream.kept);
      Errand.run(
          threads,
          () -> work.run(stream.identity, from, learned, lastView, last),
          outcome -> translated(stream, new Made(from, policies, partial), outcome, behind),
          why -> failed(stream, why.toString(), behind));
      stream.translating = true;
      stream.stale = false;
      stream.behind = List.of();
    } catch (RuntimeException | Error e) {
      stream.behind = List.of();
      failed(stream, e.toString(), behind);
    }
  }

  private void translated(ProxyStream stream, Made made, Outcome outcome, List<Behind> behind) {
    if (!streams.isLive(stream)) {
      behind.forEach(one -> one.hold().release(threads.nanos()));
      return;
    }
    try {
      switch (outcome) {
        case Outcome.Same(ProxyView view) -> {
          accept(stream, view);
          Translation same = stream.translation;
          if (same != null && reach(stream, same, made)) {
            publishing.publish(stream, null);
          }
        }
        case Outcome.New fresh -> accept(stream, made, fresh, behind);
        case Outcome.Failed(String why) -> {
          failed(stream, why, behind);
          return;
        }
      }
    } catch (RuntimeException | Error e) {
      // It may have been given half of it: the next one gives everything.
      stream.whole = null;
      failed(stream, e.toString(), behind);
      return;
    }
    stream.translating = false;
    stream.translatedFrom = made.from();
    stream.policies = made.policies();
    stream.failure = null;
    behind.forEach(one -> one.hold().release(threads.nanos()));
    if (stream.stale) {
      translate(stream);
    }
    changed.run();
  }

  private static void accept(ProxyStream stream, ProxyView view) {
    stream.view = view;
    keep(stream, view);
  }

  /** Takes what the proxy may ask for; returns whether that is something else than before. */
  private static boolean reach(ProxyStream stream, Translation translation, Made made) {
    Reach before = stream.reach;
    Reach known = before instanceof PartialReach(Reach under) ? under : before;
    if (known == translation.reach() && made.partial() == before instanceof PartialReach) {
      return false;
    }
    stream.reach = made.partial() ? new PartialReach(translation.reach()) : translation.reach();
    return true;
  }

  private void accept(ProxyStream stream, Made made, Outcome.New fresh, List<Behind> behind) {
    accept(stream, fresh.view());
    Translation whole = fresh.translation();
    Translation served = keys.served(whole);
    SortedSet<String> names = whole.resources().assignmentNames();
    SortedSet<String> before = stream.assignmentNames;
    assignments.acquire(names, inForce.world()::endpointsOf);
    stream.assignmentNames = names;
    if (before != null) {
      assignments.release(before, threads.nanos());
    }
    stream.whole = whole;
    stream.translation = served;
    var _ = reach(stream, whole, made);
    publishing.publish(stream, null);
    List<Convergence.Sent> sent =
        // A layer that is not served is acknowledged by nobody.
        served == whole
            ? fresh.sent()
            : fresh.sent().stream()
                .filter(one -> !one.kind().equals(ResourceKind.RUNTIME))
                .toList();
    // What came of two changes together is booked under both.
    for (Behind one : behind) {
      one.hold().published(stream.id, sent, threads.nanos());
      one.change().pushed(stream.id, stream.identity.id(), fresh.sent(), fresh.removed());
    }
  }

  private static void keep(ProxyStream stream, ProxyView view) {
    if (view.scope().mode() == ScopeMode.ON_DEMAND) {
      stream.keep(view.scope().services());
    }
  }

  private void failed(ProxyStream stream, String why, List<Behind> behind) {
    stream.translating = false;
    behind.forEach(one -> one.hold().release(threads.nanos()));
    if (!streams.isLive(stream)) {
      return;
    }
    int times = stream.failure == null ? 1 : stream.failure.times() + 1;
    Duration wait = Failures.waitAfter(times);
    stream.failure =
        new ProxyStream.Failure(
            stream.failure == null ? clock.instant() : stream.failure.since(),
            times,
            why,
            threads.nanos() + wait.toNanos());
    // What it answers is still to be booked, but nobody measures a failure.
    stream.behind = Stream.concat(behind.stream(), stream.behind.stream()).toList();
    retry.within(wait);
    changed.run();
  }

  private void retry() {
    long now = threads.nanos();
    for (ProxyStream stream : streams.all()) {
      ProxyStream.Failure failure = stream.failure;
      if (failure != null && !stream.translating) {
        long left = failure.retryAt() - now;
        if (left <= 0) {
          translate(stream);
        } else {
          retry.within(Duration.ofNanos(left));
        }
      }
    }
  }
}
