package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.Delivery;
import dev.skiffmesh.server.delivery.StreamInspector;
import dev.skiffmesh.server.state.SavedDocument;
import dev.skiffmesh.server.state.SavedState;
import dev.skiffmesh.server.state.StateStore;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PushedChange;
import dev.skiffmesh.server.status.Readiness;
import dev.skiffmesh.server.status.ReportInput;
import dev.skiffmesh.server.status.Vitals;
import dev.skiffmesh.translator.Evaluation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens on the control thread. Two paths lead from a source's event to the proxies:
 *
 * <ul>
 *   <li>services and policies <em>settle</em>: gathered for a quiet period, documents made durable,
 *       the whole evaluated on the pool, then adopted; one round at a time;
 *   <li>endpoints of a service that is in force go straight into the world and out, with whatever
 *       else is already in the queue, while a round may be under way.
 * </ul>
 */
// A persistent map or a world that is the same object is unchanged; comparing by value would cost
// the size of the mesh with every event.
@SuppressWarnings("ReferenceEquality")
final class Control {

  private static final Logger LOG = LoggerFactory.getLogger(Control.class);

  /**
   * Documents take effect once they are on disk, so that no restart forgets them; but a disk that
   * does not answer must not keep a limit away that is needed now. A healthy one takes
   * milliseconds.
   */
  static final Duration SAVING = Duration.ofSeconds(5);

  /** How often what is only kept for a while is looked at. */
  private static final Duration HOUSEKEEPING = Duration.ofSeconds(5);

  /** How often the sources of policies that harm are looked at. */
  private static final Duration CHECK_KEYS = Duration.ofSeconds(1);

  /** Each such look renews what harms: three times in the life of a key. */
  private static final int CHECKS_TO_RENEWAL = 5;

  private static final String ORPHAN =
      "The state folder knows services of a source that is not configured any more; they are"
          + " forgotten once all sources have answered. If it was renamed, its old name brings them"
          + " back";

  private final Translations translations;
  private final StateStore state;
  private final SteadyClock clock;
  private final ControlThreads threads;
  private final ControlSettings settings;
  private final ControlMetrics metrics;
  private final Failures failures;
  private final SortedMap<String, SourceState> sources = new TreeMap<>();
  private final List<SourceState> inOrder = new ArrayList<>();
  private final InForce inForce = new InForce();
  private final Registries registries;
  private final Guards guards;
  private final PolicyLedger ledger;
  private final StateWriter writer;
  private final Reporter reporter;
  private final ScopeBook scopes;
  private final RuntimeKeys keys;
  private final Proxies proxies;
  private final Quiet quiet;

  /** Brings back what one round has left to another one, since it alone failed. */
  private final Alarm leftOver;

  private final Rounds rounds;
  private final EndpointPath endpoints;
  private final Opening opening;
  private final Expiries expiries;
  private final Heartbeat heartbeat;
  private final FileHandles handles;
  private final History history = new History();
  private final List<Finding> stateFindings = new ArrayList<>();
  private final SortedSet<ServiceId> dirtyServices = new TreeSet<>();
  private final SortedSet<DocumentKey> dirtyDocuments = new TreeSet<>();
  private @Nullable Long dirtySince;

  /** Sources of which the state folder knows something and the configuration does not. */
  private final SortedSet<String> orphans = new TreeSet<>();

  private boolean forgotUnknown;
  private int keyChecks;

  Control(
      List<ConfiguredSource> configured,
      Translations translations,
      PolicyReader reader,
      StateStore state,
      SteadyClock clock,
      ControlThreads threads,
      ControlSettings settings,
      ControlMetrics metrics,
      Vitals vitals,
      Delivery delivery,
      StreamInspector inspector) {
    this.translations = translations;
    this.state = state;
    this.clock = clock;
    this.threads = threads;
    this.settings = settings;
    this.metrics = metrics;
    this.failures = new Failures(clock, this::changed);
    for (ConfiguredSource one : configured) {
      SourceState source = new SourceState(one, clock.instant());
      sources.put(source.name(), source);
      inOrder.add(source);
    }
    this.registries = new Registries(inOrder);
    this.guards =
        new Guards(inOrder, settings.guard(), threads, clock, metrics, failures, this::apply);
    this.ledger = new PolicyLedger(reader, inOrder);
    this.reporter =
        new Reporter(
            threads,
            settings.reportDelay(),
            metrics,
            failures,
            vitals,
            inspector,
            clock.instant(),
            this::reportInput);
    this.writer =
        new StateWriter(state, threads, settings.saveDelay(), failures, vitals, this::changed);
    this.scopes = new ScopeBook(id -> inForce.world().services().containsKey(id), writer::changed);
    this.keys = new RuntimeKeys(sources, ledger, metrics);
    this.proxies =
        new Proxies(
            translations,
            delivery,
            threads,
            clock,
            settings,
            metrics,
            failures,
            inForce,
            scopes,
            keys,
            this::changed);
    this.rounds = new Rounds(threads, failures, vitals.of(Vitals.Part.ROUND), new RoundWork());
    this.quiet = new Quiet(threads, failures, settings, rounds::settle);
    this.leftOver = new Alarm(threads, failures, "what was left over", rounds::settle);
    this.endpoints =
        new EndpointPath(inForce, registries, threads, failures, this::endpointsChanged);
    this.opening = new Opening(inOrder, inForce, delivery, threads, failures, rounds::settle);
    this.expiries = new Expiries(ledger, inForce, clock, threads, failures, rounds::settle);
    this.handles = new FileHandles(threads, FileHandles::ofThisProcess, this::changed);
    this.heartbeat = new Heartbeat(threads, failures, vitals.of(Vitals.Part.LOOP), metrics);
  }

  private void changed() {
    reporter.changed();
  }

  Proxies proxies() {
    return proxies;
  }

  MeshReport report() {
    return reporter.report();
  }

  /** What was pushed lately, the newest change first; on any thread. */
  List<PushedChange> history() {
    return history.changes();
  }

  /** Brings back what was saved; nothing of it takes effect before the loop opens. */
  void restore() {
    SavedState saved = state.restore();
    stateFindings.addAll(saved.findings());
    scopes.restore(saved.scopes());
    Instant now = clock.instant();
    saved
        .services()
        .forEach(
            (name, services) -> {
              SourceState source = sources.get(name);
              if (source == null) {
                orphans.add(name);
                LOG.atWarn()
                    .addKeyValue("source", name)
                    .addKeyValue("services", services.size())
                    .log(ORPHAN);
              } else {
                source.restoreServices(services, now);
                dirtyServices.addAll(services.keySet());
              }
            });
    for (SavedDocument document : saved.documents().values()) {
      ledger.restore(document, now);
      document
          .good()
          .ifPresent(
              good -> {
                SourceState source = sources.get(good.document().origin().source());
                if (source != null) {
                  source.restoreDocument(good.document(), now);
                  dirtyDocuments.add(document.key());
                }
              });
    }
  }

  /** The sources have been started. */
  void begun() {
    heartbeat.start();
    writer.begin();
    Alarm.every(threads, failures, "forgetting what proxies used", HOUSEKEEPING, proxies::expire);
    Alarm.every(
        threads,
        failures,
        "forgetting what workloads used",
        HOUSEKEEPING,
        () -> scopes.expire(clock.instant()));
    Alarm.every(
        threads,
        failures,
        "remembering what workloads use that are registered late",
        HOUSEKEEPING,
        () -> proxies.wants().bookLate(clock.instant()));
    Alarm.every(threads, failures, "counting file handles", HOUSEKEEPING, handles::look);
    Alarm.every(threads, failures, "checking runtime keys", CHECK_KEYS, this::checkKeys);
    Alarm.every(threads, failures, "looking at the wall clock", HOUSEKEEPING, this::checkClock);
    opening.begun(settings.startupTimeout());
    changed();
  }

  private void checkClock() {
    if (clock.isNewlySet()) {
      changed();
    }
  }

  private void checkKeys() {
    proxies.checkKeys();
    keyChecks++;
    if (keyChecks % CHECKS_TO_RENEWAL == 0) {
      proxies.renewKeys();
    }
  }

  /** A source has said something. */
  void heard(String name, SourceEvent event) {
    metrics.sourceEvent(name, event.getClass().getSimpleName());
    guards.heard(sources.get(name), event);
    opening.heard();
    changed();
  }

  /**
   * An operator says that a registry is right where it is doubted.
   *
   * @return the services that were held back
   */
  SortedSet<ServiceId> accept(String source, Predicate<ServiceId> which) {
    SortedSet<ServiceId> accepted = guards.accept(source, which);
    LOG.atInfo()
        .addKeyValue("source", source)
        .addKeyValue("services", Causes.few(accepted))
        .log("What was held back of a registry is accepted");
    return accepted;
  }

  /** What a source says, as far as it is believed; one event that fails costs no other. */
  private void apply(SourceState source, SourceEvent event) {
    String what = "%s of '%s'".formatted(event.getClass().getSimpleName(), source.name());
    try {
      take(source, event);
      failures.passed(what);
    } catch (RuntimeException | Error e) {
      var _ = failures.failed(what, e);
    }
  }

  private void take(SourceState source, SourceEvent event) {
    boolean wasSynced = source.isSynced();
    SourceState.Touched touched = source.apply(event, clock.instant());
    writer.changed(source, touched.services());
    if (event instanceof SourceEvent.EndpointsReplaced) {
      touched.services().forEach(endpoints::changed);
    } else {
      dirtyServices.addAll(touched.services());
      dirtyDocuments.addAll(touched.documents());
      boolean mayDrop = event instanceof SourceEvent.Synced;
      boolean mayHeal = event instanceof SourceEvent.ScopeFindings;
      if (mayDrop || mayHeal || !touched.services().isEmpty() || !touched.documents().isEmpty()) {
        settleSoon();
      }
    }
    if (source.isSynced() != wasSynced) {
      metrics.sourceSynced(source.name(), source.isSynced());
      LOG.atInfo()
          .addKeyValue("source", source.name())
          .addKeyValue("state", source.state())
          .addKeyValue("reason", source.reason())
          .log("A source has changed its state");
    }
    changed();
  }

  private void endpointsChanged(SortedSet<ServiceId> services, long began) {
    History.Change change = history.begin(clock.instant(), "endpoints of " + Causes.few(services));
    proxies.endpointsChanged(services, began, change);
    changed();
  }

  private void settleSoon() {
    if (opening.isOpen()) {
      quiet.disturbed();
    }
  }

  /** What a round does: gather, make durable, evaluate, adopt. */
  private final class RoundWork implements Rounds.Work {

    @Override
    public void begin(Round round) {
      gather(round);
    }

    @Override
    public void putBack(Round round) {
      dirtyServices.addAll(round.services);
      dirtyDocuments.addAll(round.documents);
      dirtySince = earlier(dirtySince, round.began);
    }

    @Override
    public void over() {
      opening.letIn();
      changed();
    }
  }

  private static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
    return one == null ? other : other == null ? one : Long.valueOf(Math.min(one, other));
  }

  private void gather(Round round) {
    round.start = threads.nanos();
    round.began = earlier(dirtySince, quiet.taken());
    dirtySince = null;
    inOrder.forEach(this::dropUnsaid);
    round.services.addAll(dirtyServices);
    dirtyServices.clear();
    round.documents.addAll(dirtyDocuments);
    dirtyDocuments.clear();
    round.merged =
        registries.settle(
            inForce.world().services(),
            round.services,
            (service, why) -> {
              dirtyServices.add(service);
              leftOver.within(failures.failed("merging services", why));
            });
    PolicyLedger.Unsaved unsaved = understood(round.documents);
    if (!forgotUnknown && opening.haveAllAnswered()) {
      forgotUnknown = true;
      orphans.forEach(writer::forgetSource);
      orphans.clear();
      List<DocumentKey> forget = new ArrayList<>(unsaved.forget());
      forget.addAll(ledger.forgetUnknown());
      unsaved = new PolicyLedger.Unsaved(unsaved.save(), forget);
    }
    save(round, unsaved);
  }

  private void dropUnsaid(SourceState source) {
    String what = "forgetting what '%s' did not say again".formatted(source.name());
    try {
      source.unsaid().forEach(event -> guards.heard(source, event));
      dirtyDocuments.addAll(source.dropUnsaid());
      failures.passed(what);
    } catch (RuntimeException | Error e) {
      leftOver.within(failures.failed(what, e));
    }
  }

  private PolicyLedger.Unsaved understood(Set<DocumentKey> documents) {
    List<SavedDocument> save = new ArrayList<>();
    List<DocumentKey> forget = new ArrayList<>();
    for (DocumentKey document : documents) {
      String what = "understanding " + document;
      try {
        PolicyLedger.Unsaved unsaved = ledger.settle(Set.of(document), clock.instant());
        save.addAll(unsaved.save());
        forget.addAll(unsaved.forget());
        failures.passed(what);
      } catch (RuntimeException | Error e) {
        dirtyDocuments.add(document);
        leftOver.within(failures.failed(what, e));
      }
    }
    return new PolicyLedger.Unsaved(save, forget);
  }

  private void save(Round round, PolicyLedger.Unsaved unsaved) {
    Runnable next = () -> rounds.step(round, () -> saved(round));
    if (unsaved.isEmpty()) {
      saved(round);
    } else if (writer.isStill()) {
      writer.write(unsaved, () -> {});
      saved(round);
    } else {
      writer.write(unsaved, next);
      threads.controlAfter(SAVING, next);
    }
  }

  private void saved(Round round) {
    if (!round.isSaved) {
      round.isSaved = true;
      evaluate(round);
    }
  }

  private void evaluate(Round round) {
    World world = inForce.world();
    TreePMap<DocumentKey, Policy<?>> policies = ledger.inForce(world.policies(), clock.instant());
    Evaluation known = inForce.evaluation();
    if (known != null && round.merged == world.services() && policies == world.policies()) {
      adopt(round, policies, known);
      return;
    }
    // Endpoints play no part in it, so those of the moment will do.
    World next = new World(round.merged, world.endpoints(), policies);
    Errand.run(
        threads,
        () -> translations.evaluate(next),
        evaluated -> rounds.step(round, () -> adopt(round, policies, evaluated)),
        why -> rounds.failed(round, why));
  }

  private void adopt(Round round, TreePMap<DocumentKey, Policy<?>> policies, Evaluation evaluated) {
    World world = inForce.world();
    World next =
        round.merged == world.services() && policies == world.policies()
            ? world
            : new World(round.merged, world.endpoints(), policies);
    for (ServiceId service : round.services) {
      next = endpoints.with(next, service);
    }
    inForce.become(next, evaluated, inOrder.stream().anyMatch(SourceState::isUnknownRegistry));
    metrics.snapshotBuilt(Duration.ofNanos(threads.nanos() - round.start));
    proxies.adopt(
        round.services,
        round.began,
        history.begin(clock.instant(), Causes.of(round.services, round.documents)));
    expiries.look();
    rounds.passed(round);
  }

  private ReportInput reportInput(long revision) {
    List<Finding> findings = new ArrayList<>(stateFindings);
    findings.addAll(writer.findings());
    findings.addAll(handles.findings());
    clock.finding().ifPresent(findings::add);
    findings.addAll(scopes.findings());
    inOrder.forEach(source -> findings.addAll(source.findings()));
    if (opening.isReady()) {
      inOrder.forEach(source -> source.missing().ifPresent(findings::add));
    }
    findings.addAll(registries.findings());
    findings.addAll(guards.findings());
    findings.addAll(proxies.findings());
    if (inOrder.stream().allMatch(SourceState::wasSynced)) {
      findings.addAll(Strangers.findings(proxies.streams(), inForce.world().services()));
    }
    findings.addAll(keys.findings());
    orphans.forEach(orphan -> findings.add(Finding.of(FindingCode.NOTHING_KNOWN, orphan, ORPHAN)));
    findings.addAll(failures.findings());
    Evaluation evaluation = inForce.evaluation();
    if (evaluation != null) {
      findings.addAll(evaluation.findings());
    }
    // A document is in the ledger before it is in the world: until it is there, no proxy can have
    // what it says, however well it stands to what it was given.
    boolean behind = expiries.isBehind();
    return new ReportInput(
        revision,
        clock.instant(),
        new Readiness(opening.isReady(), opening.notes()),
        inForce.world(),
        evaluation,
        ledger.entries(),
        inOrder.stream().map(source -> source.report(guards.held(source.name()))).toList(),
        proxies.streams().stream()
            .map(
                stream ->
                    new ReportInput.Stream(
                        stream.id,
                        stream.identity,
                        stream.workload,
                        stream.peer,
                        stream.since,
                        proxies.isCurrent(stream) && !behind,
                        stream.policies,
                        stream.translation,
                        proxies.snapshot(stream),
                        stream.view == null ? null : stream.view.scope()))
            .toList(),
        scopes.all(),
        findings);
  }

  /** The sources are closed; what is not yet saved is written. */
  void end() {
    writer.flush();
  }
}
