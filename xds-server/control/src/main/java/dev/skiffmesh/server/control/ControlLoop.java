package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.delivery.Delivery;
import dev.skiffmesh.server.delivery.StreamInspector;
import dev.skiffmesh.server.state.SavedState;
import dev.skiffmesh.server.state.StateStore;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PushedChange;
import dev.skiffmesh.server.status.Readiness;
import dev.skiffmesh.server.status.ReportInput;
import dev.skiffmesh.server.status.Vitals;
import dev.skiffmesh.translator.Evaluation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import org.pcollections.TreePMap;

/**
 * What happens on the control thread. Two paths lead from a source's event to the proxies:
 *
 * <ul>
 *   <li>services and policies <em>settle</em>: gathered for a quiet period, documents made durable,
 *       the whole evaluated on the pool, then adopted; one round at a time;
 *   <li>endpoints of a service that is in force go straight into the world and out, with whatever
 *       else is already in the queue, while a round may be under way.
 * </ul>
 *
 * <p>Longer than other files, since everything that the thread does is put together and begins
 * here.
 */
// A persistent map or a world that is the same object is unchanged; comparing by value would cost
// the size of the mesh with every event.
@SuppressWarnings("ReferenceEquality")
final class ControlLoop {

  /**
   * Documents take effect once they are on disk, so that no restart forgets them; but a disk that
   * does not answer must not keep a limit away that is needed now. A healthy one takes
   * milliseconds.
   */
  static final Duration SAVING = Duration.ofSeconds(5);

  private final Translations translations;
  private final StateStore state;
  private final SteadyClock clock;
  private final ControlThreads threads;
  private final ControlSettings settings;
  private final ControlMetrics metrics;
  private final Failures failures;
  private final Sources sources;
  private final InForce inForce = new InForce();
  private final Registries registries;
  private final SourceHearing hearing;
  private final PolicyLedger ledger;
  private final StateWriter writer;
  private final Reporter reporter;
  private final ScopeBook scopes;
  private final RuntimeKeys keys;
  private final Proxies proxies;
  private final Quiet quiet;
  private final Gathering gathering;
  private final Rounds rounds;
  private final EndpointPath endpoints;
  private final Sizes sizes;
  private final Opening opening;
  private final Expiries expiries;
  private final Heartbeat heartbeat;
  private final FileHandles handles;
  private final Housekeeping housekeeping;
  private final History history = new History();
  private final List<Finding> stateFindings = new ArrayList<>();

  ControlLoop(
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
    this.sources = new Sources(configured, clock.instant());
    List<SourceState> inOrder = sources.inOrder();
    this.registries = new Registries(inOrder);
    this.hearing =
        new SourceHearing(sources, settings, threads, clock, metrics, failures, new Heard());
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
    this.gathering =
        new Gathering(
            sources,
            hearing.guards(),
            registries,
            ledger,
            writer,
            clock,
            failures,
            new Alarm(threads, failures, "what was left over", rounds::settle),
            rounds::settle);
    this.endpoints =
        new EndpointPath(inForce, registries, threads, failures, this::endpointsChanged);
    this.sizes = new Sizes(translations, inForce, threads, failures, this::touched);
    this.opening = new Opening(sources, inForce, delivery, threads, failures, rounds::settle);
    this.expiries = new Expiries(ledger, inForce, clock, threads, failures, rounds::settle);
    this.handles = new FileHandles(threads, FileHandles::ofThisProcess, this::changed);
    this.housekeeping =
        new Housekeeping(threads, failures, clock, proxies, scopes, handles, this::changed);
    this.heartbeat = new Heartbeat(threads, failures, vitals.of(Vitals.Part.LOOP), metrics);
  }

  private void changed() {
    reporter.changed();
  }

  Proxies proxies() {
    return proxies;
  }

  SourceHearing hearing() {
    return hearing;
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
    gathering.restore(saved);
  }

  /** The sources have been started. */
  void begun() {
    heartbeat.start();
    writer.begin();
    housekeeping.begin();
    opening.begun(settings.startupTimeout());
    changed();
  }

  /** A source has said something. */
  void heard(String name, SourceEvent event) {
    hearing.heard(Objects.requireNonNull(sources.get(name)), event);
    opening.heard();
  }

  /** Where what is heard goes on. */
  private final class Heard implements SourceHearing.Listener {

    @Override
    public void kept(SourceState source, SortedSet<ServiceId> services) {
      writer.changed(source, services);
    }

    @Override
    public void endpointsChanged(ServiceId service) {
      endpoints.changed(service);
    }

    @Override
    public void touched(SourceState.Touched touched) {
      ControlLoop.this.touched(touched);
    }

    @Override
    public void changed() {
      reporter.changed();
    }
  }

  private void touched(SourceState.Touched touched) {
    gathering.touched(touched);
    if (opening.isOpen()) {
      quiet.disturbed();
    }
  }

  private void endpointsChanged(SortedSet<ServiceId> services, long began) {
    History.Change change = history.begin(clock.instant(), "endpoints of " + Causes.few(services));
    proxies.endpointsChanged(services, began, change);
    sizes.changed(services);
    changed();
  }

  /** What a round does: gather, make durable, evaluate, adopt. */
  private final class RoundWork implements Rounds.Work {

    @Override
    public void begin(Round round) {
      round.start = threads.nanos();
      boolean whole = !opening.isReady();
      save(round, gathering.into(round, inForce.world().services(), quiet.taken(), whole));
    }

    @Override
    public void putBack(Round round) {
      gathering.putBack(round);
    }

    @Override
    public void over() {
      opening.letIn();
      changed();
    }
  }

  private void save(Round round, PolicyLedger.Unsaved unsaved) {
    Runnable next = () -> rounds.step(round, () -> saved(round));
    if (unsaved.isEmpty()) {
      saved(round);
    } else if (writer.isStill() || round.documents.size() > Gathering.MOST_DOCUMENTS) {
      // The first round takes all there is; what its sources have just told they tell again.
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
    World next = next(round, policies);
    if (known != null
        && round.merged == world.services()
        && policies == world.policies()
        && !sizes.areOthers(known, next, round.services)) {
      adopt(round, policies, known);
      return;
    }
    // Of endpoints only their number plays a part, where a policy asks for it.
    World counted = sizes.counted(next, round.services);
    round.counted = counted;
    Errand.run(
        threads,
        () -> translations.evaluate(counted),
        evaluated -> rounds.step(round, () -> adopt(round, policies, evaluated)),
        why -> rounds.failed(round, why));
  }

  private void adopt(Round round, TreePMap<DocumentKey, Policy<?>> policies, Evaluation evaluated) {
    inForce.become(next(round, policies), evaluated, sources.isRegistryUnknown());
    metrics.snapshotBuilt(Duration.ofNanos(threads.nanos() - round.start));
    proxies.adopt(
        round.services,
        round.began,
        history.begin(clock.instant(), Causes.of(round.services, round.documents)));
    expiries.look();
    if (round.counted != null) {
      sizes.adopted(round.counted, round.services);
    }
    rounds.passed(round);
  }

  /** With what the registries say now of the endpoints of the services that were touched. */
  private World next(Round round, TreePMap<DocumentKey, Policy<?>> policies) {
    World world = inForce.world();
    World next =
        round.merged == world.services() && policies == world.policies()
            ? world
            : new World(round.merged, world.endpoints(), policies);
    for (ServiceId service : round.services) {
      next = endpoints.with(next, service);
    }
    return next;
  }

  private ReportInput reportInput(long revision) {
    List<Finding> findings = new ArrayList<>(stateFindings);
    findings.addAll(writer.findings());
    findings.addAll(handles.findings());
    clock.finding().ifPresent(findings::add);
    findings.addAll(scopes.findings());
    findings.addAll(sources.findings(opening.isReady()));
    findings.addAll(registries.findings());
    findings.addAll(hearing.guards().findings());
    findings.addAll(proxies.findings());
    if (sources.haveAllAnswered()) {
      findings.addAll(Strangers.findings(proxies.streams(), inForce.world().services()));
    }
    findings.addAll(keys.findings());
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
        sources.inOrder().stream()
            .map(source -> source.report(hearing.guards().held(source.name())))
            .toList(),
        proxies.reported(!behind),
        scopes.all(),
        findings);
  }

  /** The sources are closed; what is not yet saved is written. */
  void end() {
    writer.flush();
  }
}
