package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
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
import dev.skiffmesh.translator.Evaluation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** A wall clock may be set back or forth; no timer trusts it for longer than this. */
  private static final Duration TRUST_IN_CLOCK = Duration.ofSeconds(30);

  /** How often what is only kept for a while is looked at. */
  private static final Duration HOUSEKEEPING = Duration.ofSeconds(5);

  /** How often the sources of policies that harm are looked at. */
  private static final Duration CHECK_KEYS = Duration.ofSeconds(1);

  /** Each such look renews what harms: three times in the life of a key. */
  private static final int CHECKS_TO_RENEWAL = 5;

  private final Translations translations;
  private final StateStore state;
  private final Clock clock;
  private final ControlThreads threads;
  private final ControlSettings settings;
  private final ControlMetrics metrics;
  private final Delivery delivery;
  private final SortedMap<String, SourceState> sources = new TreeMap<>();
  private final Registries registries;
  private final Guards guards;
  private final PolicyLedger ledger;
  private final StateWriter writer;
  private final Reporter reporter;
  private final ScopeBook scopes;
  private final RuntimeKeys keys;
  private final Proxies proxies;
  private final Quiet quiet;
  private final FileHandles handles;
  private final History history = new History();
  private final List<SourceState> inOrder = new ArrayList<>();
  private final List<Finding> stateFindings = new ArrayList<>();

  private World world = World.EMPTY;
  private @Nullable Evaluation evaluation;
  private @Nullable String evaluationFailure;
  private final SortedSet<ServiceId> dirtyServices = new TreeSet<>();
  private final SortedSet<DocumentKey> dirtyDocuments = new TreeSet<>();
  private final SortedMap<ServiceId, Long> dirtyEndpoints = new TreeMap<>();
  private int keyChecks;
  private boolean settling;
  private Set<ServiceId> inRound = Set.of();
  private boolean settleAgain;
  private boolean opening;
  private boolean ready;
  private boolean forgotUnknown;
  private long expiryDue = Long.MAX_VALUE;

  Control(
      List<ConfiguredSource> configured,
      Translations translations,
      StateStore state,
      Clock clock,
      ControlThreads threads,
      ControlSettings settings,
      ControlMetrics metrics,
      Delivery delivery,
      StreamInspector inspector) {
    this.translations = translations;
    this.state = state;
    this.clock = clock;
    this.threads = threads;
    this.settings = settings;
    this.metrics = metrics;
    this.delivery = delivery;
    for (ConfiguredSource one : configured) {
      SourceState source = new SourceState(one, clock.instant());
      sources.put(source.name(), source);
      inOrder.add(source);
    }
    this.registries = new Registries(inOrder);
    this.guards = new Guards(inOrder, settings.guard(), threads, clock, metrics, this::apply);
    this.ledger = new PolicyLedger(translations, inOrder);
    this.reporter =
        new Reporter(
            threads,
            settings.reportDelay(),
            metrics,
            inspector,
            clock.instant(),
            this::reportInput);
    this.writer = new StateWriter(state, threads, settings.saveDelay(), reporter::changed);
    this.scopes = new ScopeBook(writer::changed);
    this.keys = new RuntimeKeys(sources, ledger, metrics);
    this.proxies =
        new Proxies(
            translations, delivery, threads, settings, metrics, scopes, keys, reporter::changed);
    this.quiet = new Quiet(threads, settings, this::settle);
    this.handles = new FileHandles(threads, FileHandles::ofThisProcess, reporter::changed);
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
                writer.forgetSource(name);
              } else {
                source.restoreServices(services, now);
                dirtyServices.addAll(services.keySet());
              }
            });
    for (SavedDocument document : saved.documents().values()) {
      ledger.restore(document);
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
    writer.begin();
    threads.controlAfter(settings.startupTimeout(), this::open);
    threads.controlAfter(HOUSEKEEPING, this::keepHouse);
    threads.controlAfter(CHECK_KEYS, this::checkKeys);
    openIfSynced();
    reporter.changed();
  }

  private void keepHouse() {
    proxies.expire();
    scopes.expire(clock.instant());
    handles.look();
    threads.controlAfter(HOUSEKEEPING, this::keepHouse);
  }

  private void checkKeys() {
    // First of all, so that a failure here is not the end of all renewals.
    threads.controlAfter(CHECK_KEYS, this::checkKeys);
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
    openIfSynced();
    reporter.changed();
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

  /** What a source says, as far as it is believed. */
  private void apply(SourceState source, SourceEvent event) {
    boolean wasSynced = source.isSynced();
    SourceState.Touched touched = source.apply(event, clock.instant());
    writer.changed(source, touched.services());
    if (event instanceof SourceEvent.EndpointsReplaced) {
      touched.services().forEach(this::endpointsChanged);
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
    reporter.changed();
  }

  private void endpointsChanged(ServiceId service) {
    if (dirtyEndpoints.isEmpty()) {
      // Behind everything that is in the queue by now: a burst goes out together, a single change
      // goes out next.
      threads.control(this::flushEndpoints);
    }
    dirtyEndpoints.putIfAbsent(service, threads.nanos());
  }

  private void flushEndpoints() {
    SortedSet<ServiceId> changed = new TreeSet<>();
    Long began = null;
    for (var dirty : dirtyEndpoints.entrySet()) {
      // Endpoints of a service that is not yet in force, or is about to be another one, come with
      // the service: under its new ports they are nothing to the clusters of its old ones.
      ServiceId service = dirty.getKey();
      if (world.services().containsKey(service)
          && !dirtyServices.contains(service)
          && !inRound.contains(service)) {
        World next = withEndpoints(world, service);
        if (next != world) {
          world = next;
          changed.add(service);
          began = began == null ? dirty.getValue() : Math.min(began, dirty.getValue());
        }
      }
    }
    dirtyEndpoints.clear();
    if (began != null) {
      History.Change change = history.begin(clock.instant(), "endpoints of " + Causes.few(changed));
      proxies.endpointsChanged(world, changed, began, change);
      reporter.changed();
    }
  }

  /** The same object if the endpoints of {@code service} are as they were. */
  private World withEndpoints(World before, ServiceId service) {
    EndpointSet known = before.endpointsOf(service);
    EndpointSet now =
        before.services().containsKey(service) ? registries.endpoints(service) : EndpointSet.EMPTY;
    if (now.equals(known)) {
      return before;
    }
    return new World(
        before.services(),
        now.endpoints().isEmpty()
            ? before.endpoints().minus(service)
            : before.endpoints().plus(service, now),
        before.policies());
  }

  private void openIfSynced() {
    if (!opening && inOrder.stream().allMatch(SourceState::wasSynced)) {
      open();
    }
  }

  /** From here on changes take effect; proxies are let in once the first round has ended. */
  private void open() {
    if (!opening) {
      opening = true;
      settle();
    }
  }

  private void settleSoon() {
    // Before the start is over nothing takes effect, so that nothing is ever withdrawn because a
    // source was slower than another.
    if (opening) {
      quiet.disturbed();
    }
  }

  private void settle() {
    if (settling) {
      // One round at a time; the next one begins when this one has ended.
      settleAgain = true;
      return;
    }
    settling = true;
    long start = threads.nanos();
    Long began = quiet.taken();
    for (SourceState source : inOrder) {
      source.unsaid().forEach(event -> guards.heard(source, event));
      dirtyDocuments.addAll(source.dropUnsaid());
    }
    Set<ServiceId> touched = new TreeSet<>(dirtyServices);
    dirtyServices.clear();
    inRound = touched;
    TreePMap<ServiceId, Service> services = registries.settle(world.services(), touched);
    PolicyLedger.Unsaved unsaved = ledger.settle(new TreeSet<>(dirtyDocuments), clock.instant());
    String cause = Causes.of(touched, dirtyDocuments);
    dirtyDocuments.clear();
    if (!forgotUnknown && inOrder.stream().allMatch(SourceState::wasSynced)) {
      forgotUnknown = true;
      List<DocumentKey> forget = new ArrayList<>(unsaved.forget());
      forget.addAll(ledger.forgetUnknown());
      unsaved = new PolicyLedger.Unsaved(unsaved.save(), forget);
    }
    Runnable next = () -> evaluate(new Round(services, touched, began, start, cause));
    if (unsaved.isEmpty()) {
      next.run();
    } else {
      writer.write(unsaved, next);
    }
  }

  /** One way from gathered changes to a world in force. */
  private record Round(
      TreePMap<ServiceId, Service> services,
      Set<ServiceId> touched,
      @Nullable Long began,
      long start,
      String cause) {}

  private void evaluate(Round round) {
    TreePMap<DocumentKey, Policy<?>> policies = ledger.inForce(world.policies(), clock.instant());
    Evaluation known = evaluation;
    if (known != null && round.services() == world.services() && policies == world.policies()) {
      adopt(round, policies, known);
      return;
    }
    // Endpoints play no part in it, so those of the moment will do.
    World next = new World(round.services(), world.endpoints(), policies);
    threads.translation(
        () -> {
          try {
            Evaluation evaluated = translations.evaluate(next);
            threads.control(
                () -> {
                  evaluationFailure = null;
                  adopt(round, policies, evaluated);
                });
          } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("The world could not be evaluated; the last one stays");
            threads.control(() -> failed(round, e.toString()));
          }
        });
  }

  private void failed(Round round, String why) {
    evaluationFailure = why;
    dirtyServices.addAll(round.touched());
    reporter.changed();
    letIn();
    ended();
  }

  private void adopt(Round round, TreePMap<DocumentKey, Policy<?>> policies, Evaluation evaluated) {
    World next =
        round.services() == world.services() && policies == world.policies()
            ? world
            : new World(round.services(), world.endpoints(), policies);
    for (ServiceId service : round.touched()) {
      next = withEndpoints(next, service);
    }
    world = next;
    evaluation = evaluated.equals(evaluation) ? evaluation : evaluated;
    metrics.snapshotBuilt(Duration.ofNanos(threads.nanos() - round.start()));
    proxies.adopt(
        world,
        evaluation,
        round.touched(),
        round.began(),
        history.begin(clock.instant(), round.cause()));
    armExpiry();
    letIn();
    reporter.changed();
    ended();
  }

  private void ended() {
    settling = false;
    inRound = Set.of();
    if (settleAgain) {
      settleAgain = false;
      settle();
    }
  }

  private void letIn() {
    if (!ready && opening && evaluation != null) {
      ready = true;
      LOG.atInfo()
          .addKeyValue("services", world.services().size())
          .addKeyValue("policies", world.policies().size())
          .log("Ready");
      if (!notes().isEmpty()) {
        LOG.atWarn()
            .addKeyValue("notes", String.join("; ", notes()))
            .log("Something of what is served is missing or old");
      }
      delivery.accepting(true);
    }
  }

  /** Wakes up when the next policy's time is over. */
  private void armExpiry() {
    Instant now = clock.instant();
    Optional<Instant> end = ledger.nextExpiry(now);
    if (end.isEmpty()) {
      return;
    }
    Duration left = Duration.between(now, end.get());
    Duration wait = left.compareTo(TRUST_IN_CLOCK) > 0 ? TRUST_IN_CLOCK : left;
    long due = threads.nanos() + wait.toNanos();
    if (expiryDue == Long.MAX_VALUE || due - expiryDue < 0) {
      expiryDue = due;
      threads.controlAfter(wait, () -> expiryIsDue(due));
    }
  }

  private void expiryIsDue(long due) {
    if (expiryDue == due) {
      expiryDue = Long.MAX_VALUE;
      if (ledger.inForce(world.policies(), clock.instant()) != world.policies()) {
        settle();
      }
      armExpiry();
    }
  }

  private ReportInput reportInput(long revision) {
    List<Finding> findings = new ArrayList<>(stateFindings);
    findings.addAll(writer.findings());
    findings.addAll(handles.findings());
    inOrder.forEach(source -> findings.addAll(source.findings()));
    if (ready) {
      inOrder.forEach(source -> source.missing().ifPresent(findings::add));
    }
    findings.addAll(registries.findings());
    findings.addAll(guards.findings());
    findings.addAll(proxies.findings());
    findings.addAll(keys.findings());
    if (evaluation != null) {
      findings.addAll(evaluation.findings());
    }
    if (evaluationFailure != null) {
      findings.add(
          Finding.of(
              FindingCode.TRANSLATION_FAILED,
              "world",
              "Skiff failed to evaluate services and policies; what was in force stays: "
                  + evaluationFailure));
    }
    // A document is in the ledger before it is in the world: until it is there, no proxy can have
    // what it says, however well it stands to what it was given.
    boolean behind = ledger.inForce(world.policies(), clock.instant()) != world.policies();
    return new ReportInput(
        revision,
        clock.instant(),
        new Readiness(ready, notes()),
        world,
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

  private List<String> notes() {
    return inOrder.stream().flatMap(source -> source.note().stream()).toList();
  }

  /** The sources are closed; what is not yet saved is written. */
  void end() {
    writer.flush();
  }
}
