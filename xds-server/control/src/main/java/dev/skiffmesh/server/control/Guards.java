package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.guard.GuardSettings;
import dev.skiffmesh.server.guard.HeldBack;
import dev.skiffmesh.server.guard.ShrinkGuard;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** A guard for each registry that fills itself. Confined to the control thread. */
final class Guards {

  private final ControlThreads threads;
  private final Clock clock;
  private final ControlMetrics metrics;
  private final Failures failures;
  private final BiConsumer<SourceState, SourceEvent> apply;
  private final SortedMap<String, Guarded> guarded = new TreeMap<>();

  private final class Guarded {
    private final SourceState source;
    private final ShrinkGuard guard;
    private final Alarm alarm;
    private SortedSet<ServiceId> counted = new TreeSet<>();

    private Guarded(SourceState source, ShrinkGuard guard) {
      this.source = source;
      this.guard = guard;
      this.alarm =
          new Alarm(threads, failures, "the guard of '%s'".formatted(source.name()), this::isDue);
    }

    private void isDue() {
      apply(this, guard.due(threads.nanos()));
    }
  }

  /**
   * Over those of {@code sources} whose content nobody writes by hand.
   *
   * @param apply takes what is to be in force
   */
  Guards(
      List<SourceState> sources,
      GuardSettings settings,
      ControlThreads threads,
      Clock clock,
      ControlMetrics metrics,
      Failures failures,
      BiConsumer<SourceState, SourceEvent> apply) {
    this.threads = threads;
    this.clock = clock;
    this.metrics = metrics;
    this.failures = failures;
    this.apply = apply;
    for (SourceState source : sources) {
      if (!source.isWritten()) {
        metrics.guarded(source.name());
        guarded.put(
            source.name(),
            new Guarded(
                source,
                new ShrinkGuard(settings, source, doubt -> metrics.doubted(source.name(), doubt))));
      }
    }
  }

  /** A source has said something. */
  void heard(SourceState source, SourceEvent said) {
    SourceEvent event = source.meant(said);
    Guarded known = guarded.get(source.name());
    if (known == null) {
      apply.accept(source, event);
    } else {
      apply(known, known.guard.pass(event, threads.nanos()));
    }
  }

  private void apply(Guarded known, List<SourceEvent> events) {
    // Armed first: an event that fails must not keep the guard from what is still held back.
    OptionalLong next = known.guard.next();
    if (next.isPresent()) {
      known.alarm.within(Duration.ofNanos(next.getAsLong() - threads.nanos()));
    }
    events.forEach(event -> apply.accept(known.source, event));
  }

  private List<HeldBack> held(Guarded known) {
    return known.guard.held(threads.nanos());
  }

  /**
   * What is held back of one registry's word.
   *
   * @param source its name
   */
  List<HeldBack> held(String source) {
    Guarded known = guarded.get(source);
    return known == null ? List.of() : held(known);
  }

  /**
   * An operator says that a registry is right.
   *
   * @param source its name
   * @return the services that were held back and are no more
   */
  SortedSet<ServiceId> accept(String source, Predicate<ServiceId> which) {
    SortedSet<ServiceId> accepted = new TreeSet<>();
    Guarded known = guarded.get(source);
    if (known != null) {
      apply(known, known.guard.accept(which, accepted));
    }
    return accepted;
  }

  /** One for each service that is held back; they are counted as well. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    guarded.forEach(
        (name, known) -> {
          SortedSet<ServiceId> services = new TreeSet<>();
          for (HeldBack one : held(known)) {
            services.add(one.service());
            findings.add(finding(name, one));
          }
          if (!services.equals(known.counted)) {
            known.counted = services;
            metrics.heldBack(name, services);
          }
        });
    return findings;
  }

  private Finding finding(String source, HeldBack held) {
    return Finding.of(
        FindingCode.SHRINKING_HELD,
        "Service " + held.service(),
        "'%s' lists %d usable instances where %d were, and %s; what was known stays until %s, or until `skiff registry accept %s/%s`"
            .formatted(
                source,
                held.left(),
                held.usable(),
                held.reason(),
                clock.instant().plus(held.remaining()).truncatedTo(ChronoUnit.SECONDS),
                source,
                held.service()));
  }
}
