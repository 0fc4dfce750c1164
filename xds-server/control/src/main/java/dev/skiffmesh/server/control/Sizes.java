package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.Sizing;
import java.time.Duration;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Numbers in policies that follow from how many instances a service has: when others are worth an
 * evaluation. The endpoints themselves wait for none of it. Confined to the control thread.
 */
final class Sizes {

  /**
   * How long a greater number waits. Each new one makes the cluster anew in every caller, with new
   * connections and without what was learned of its instances; a rollout is mostly over by then.
   */
  static final Duration RAISE = Duration.ofSeconds(60);

  private static final String WHAT = "counting instances";

  private final Translations translations;
  private final InForce inForce;
  private final Failures failures;
  private final Consumer<SourceState.Touched> again;
  private final Alarm raise;

  /** What the evaluation in force was made of. */
  private World evaluated = World.EMPTY;

  /** Services whose greater numbers wait, with the endpoints that count until then. */
  private final NavigableMap<ServiceId, EndpointSet> held = new TreeMap<>();

  /** Those whose endpoints have changed since an evaluation began. */
  private final SortedSet<ServiceId> meanwhile = new TreeSet<>();

  /**
   * Nothing is counted yet.
   *
   * @param again takes services that are to be evaluated again with the endpoints of then
   */
  Sizes(
      Translations translations,
      InForce inForce,
      ControlThreads threads,
      Failures failures,
      Consumer<SourceState.Touched> again) {
    this.translations = translations;
    this.inForce = inForce;
    this.failures = failures;
    this.again = again;
    this.raise = new Alarm(threads, failures, "raising numbers of instances", this::raise);
  }

  /** Tells whether a number of one of {@code touched} would be another one in {@code next}. */
  boolean areOthers(Evaluation known, World next, Collection<ServiceId> touched) {
    return touched.stream()
        .anyMatch(
            service ->
                translations.sizing(known, service, next.endpointsOf(service)) != Sizing.SAME);
  }

  /**
   * The world as it is evaluated: greater numbers go on waiting, but for those of services that are
   * touched anyway.
   */
  World counted(World next, Collection<ServiceId> touched) {
    meanwhile.clear();
    var endpoints = next.endpoints();
    for (var one : held.entrySet()) {
      if (!touched.contains(one.getKey())) {
        endpoints = endpoints.plus(one.getKey(), one.getValue());
      }
    }
    return new World(next.services(), endpoints, next.policies());
  }

  /** An evaluation of {@code counted} is in force. */
  void adopted(World counted, Collection<ServiceId> touched) {
    evaluated = counted;
    touched.forEach(held::remove);
    SortedSet<ServiceId> moved = new TreeSet<>(meanwhile);
    moved.addAll(touched);
    changed(moved);
  }

  /** Endpoints that are in force are others. */
  void changed(Collection<ServiceId> services) {
    meanwhile.addAll(services);
    SortedSet<ServiceId> lower = new TreeSet<>();
    for (ServiceId service : services) {
      switch (sizing(service)) {
        case SAME -> held.remove(service);
        case LOWER -> lower.add(service);
        case HIGHER -> {
          held.putIfAbsent(service, evaluated.endpointsOf(service));
          raise.within(RAISE);
        }
      }
    }
    if (!lower.isEmpty()) {
      lower.forEach(held::remove);
      again(lower);
    }
  }

  private Sizing sizing(ServiceId service) {
    Evaluation evaluation = inForce.evaluation();
    if (evaluation == null) {
      return Sizing.SAME;
    }
    try {
      Sizing sizing =
          translations.sizing(evaluation, service, inForce.world().endpointsOf(service));
      failures.passed(WHAT);
      return sizing;
    } catch (RuntimeException | Error e) {
      var _ = failures.failed(WHAT, e);
      return Sizing.HIGHER;
    }
  }

  private void raise() {
    if (!held.isEmpty()) {
      again(new TreeSet<>(held.keySet()));
    }
  }

  private void again(SortedSet<ServiceId> services) {
    again.accept(new SourceState.Touched(services, new TreeSet<>()));
  }
}
