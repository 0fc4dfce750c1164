package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.state.DiskProblem;
import dev.skiffmesh.server.state.SavedDocument;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.server.state.SavedService;
import dev.skiffmesh.server.state.StateStore;
import dev.skiffmesh.server.status.Pulse;
import dev.skiffmesh.server.status.Vitals;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the state folder behind the control thread: documents at once, since they wait for it
 * before they take effect; services and endpoints together, at most {@link
 * ControlSettings#saveDelay()} later (in a large mesh that changes all the time, half a minute).
 * Confined to the control thread, except for the writing.
 *
 * <p>A folder that cannot be written (a full disk) is a finding and is tried again. It does not
 * hold back what was to be written: an operator who needs a limit now must get it.
 */
final class StateWriter {

  private static final Logger LOG = LoggerFactory.getLogger(StateWriter.class);

  /** Between two tries at a folder that cannot be written. */
  static final Duration RETRY = Duration.ofSeconds(10);

  private final StateStore store;
  private final ControlThreads threads;
  private final Duration saveDelay;
  private final Runnable changed;

  /**
   * So many times as long as it took is waited before services are written again: an estate of
   * thousands of services that changes all the time is to cost a twentieth of a core, not a half.
   */
  private static final int REST = 20;

  /** A restart may bring back endpoints that are so old, until their source has answered. */
  private static final Duration LONGEST_REST = Duration.ofSeconds(30);

  private final UnwrittenDocuments documents = new UnwrittenDocuments();
  private final Map<SourceState, Set<ServiceId>> unsaved = new HashMap<>();

  /** What could not be written yet of learned scopes; the newest of each workload. */
  private final NavigableMap<SavedScope.Workload, SavedScope> unsavedScopes = new TreeMap<>();

  /** Whether the store was once ready to be written. */
  private boolean prepared;

  private final Alarm save;
  private final Alarm retry;
  private final Pulse pulse;
  private int writing;
  private Duration rest;
  private String failure = "";

  /** Writes to {@code store}; {@code changed} is told when there is something new to report. */
  StateWriter(
      StateStore store,
      ControlThreads threads,
      Duration saveDelay,
      Failures failures,
      Vitals vitals,
      Runnable changed) {
    this.store = store;
    this.threads = threads;
    this.saveDelay = saveDelay;
    this.rest = saveDelay;
    this.changed = changed;
    this.save = new Alarm(threads, failures, "saving services", this::flush);
    this.retry = new Alarm(threads, failures, "saving again", this::retry);
    this.pulse = vitals.of(Vitals.Part.STATE_FOLDER);
  }

  /** Tells whether the disk has not answered for so long that nobody should wait for it. */
  boolean isStill() {
    return pulse.isStill();
  }

  /**
   * Something is written, whose end is told on the control thread.
   *
   * @param work writes, and answers with what is to be done then; never throws
   */
  private void writing(Supplier<Runnable> work) {
    writing++;
    pulse.expected();
    threads.writing(
        () -> {
          Runnable then = work.get();
          threads.control(
              () -> {
                writing--;
                pulse.came();
                if (writing > 0) {
                  pulse.expected();
                }
                then.run();
              });
        });
  }

  /** Says what is wrong with a store that could not be opened for writing, and tries it again. */
  void begin() {
    writing(
        () -> {
          String problem = "";
          try {
            store.prepare();
          } catch (IOException | RuntimeException | Error e) {
            problem = DiskProblem.words(e);
          }
          String found = problem;
          return () -> {
            report(found);
            if (found.isEmpty()) {
              prepared = true;
              writeDocuments();
              flush();
            }
          };
        });
  }

  /**
   * Writes before all that waits, then runs {@code next} on the control thread, whether or not it
   * could be written.
   */
  void write(PolicyLedger.Unsaved unsaved, Runnable next) {
    documents.add(unsaved, next);
    writeDocuments();
  }

  private void writeDocuments() {
    Map<DocumentKey, Optional<SavedDocument>> slice = documents.take();
    if (!slice.isEmpty()) {
      writing(
          () -> {
            Set<DocumentKey> unwritten = new HashSet<>();
            String problem = written(slice, unwritten);
            return () -> {
              List<Runnable> next = documents.tried(unwritten, problem);
              report(problem);
              next.forEach(Runnable::run);
              writeDocuments();
            };
          });
    }
  }

  /**
   * Writes documents; one that cannot be written costs no other.
   *
   * @param unwritten told which could not
   * @return why; empty if all are durable
   */
  private String written(
      Map<DocumentKey, Optional<SavedDocument>> slice, Set<DocumentKey> unwritten) {
    String problem = "";
    for (Map.Entry<DocumentKey, Optional<SavedDocument>> one : slice.entrySet()) {
      try {
        if (one.getValue().isPresent()) {
          store.save(one.getValue().get());
        } else {
          store.forget(one.getKey());
        }
      } catch (IOException | RuntimeException | Error e) {
        problem = DiskProblem.words(e);
        unwritten.add(one.getKey());
      }
    }
    try {
      store.syncDocuments();
    } catch (IOException | RuntimeException | Error e) {
      problem = DiskProblem.words(e);
      unwritten.addAll(slice.keySet());
    }
    return problem;
  }

  /** {@code services} of {@code source} have changed; they are written soon. */
  void changed(SourceState source, Set<ServiceId> services) {
    if (services.isEmpty()) {
      return;
    }
    unsaved.computeIfAbsent(source, _ -> new HashSet<>()).addAll(services);
    saveSoon();
  }

  /** {@code scope} is what a workload uses now; it is written soon. */
  void changed(SavedScope scope) {
    unsavedScopes.put(scope.workload(), scope);
    saveSoon();
  }

  private void saveSoon() {
    save.within(rest);
  }

  private void flushScopes() {
    List<SavedScope> scopes = List.copyOf(unsavedScopes.values());
    unsavedScopes.clear();
    if (scopes.isEmpty()) {
      return;
    }
    writing(
        () -> {
          List<SavedScope> failed = new ArrayList<>();
          String problem = "";
          for (SavedScope scope : scopes) {
            try {
              store.save(scope);
            } catch (IOException | RuntimeException | Error e) {
              problem = DiskProblem.words(e);
              failed.add(scope);
            }
          }
          String found = problem;
          return () -> {
            failed.forEach(scope -> unsavedScopes.putIfAbsent(scope.workload(), scope));
            report(found);
          };
        });
  }

  /** Writes the services and scopes that have changed now. */
  void flush() {
    flushScopes();
    for (Map.Entry<SourceState, Set<ServiceId>> one : unsaved.entrySet()) {
      SourceState source = one.getKey();
      Set<ServiceId> ids = one.getValue();
      Map<ServiceId, SavedService> services = source.services();
      writing(
          () -> {
            long start = threads.nanos();
            String problem = "";
            try {
              store.save(source.name(), services, ids);
            } catch (IOException | RuntimeException | Error e) {
              problem = DiskProblem.words(e);
            }
            String found = problem;
            Duration took = Duration.ofNanos(threads.nanos() - start);
            return () -> {
              rest = restAfter(took);
              if (!found.isEmpty()) {
                unsaved.computeIfAbsent(source, _ -> new HashSet<>()).addAll(ids);
              }
              report(found);
            };
          });
    }
    unsaved.clear();
  }

  private Duration restAfter(Duration took) {
    Duration wanted = took.multipliedBy(REST);
    if (wanted.compareTo(saveDelay) < 0) {
      return saveDelay;
    }
    return wanted.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : wanted;
  }

  /** Forgets a source that is no longer configured. */
  void forgetSource(String source) {
    threads.writing(
        () -> {
          try {
            store.forgetSource(source);
          } catch (IOException | RuntimeException | Error e) {
            LOG.atWarn()
                .addKeyValue("source", source)
                .setCause(e)
                .log(
                    "What was saved of a source that is no longer configured could not be removed");
          }
        });
  }

  private void report(String found) {
    String problem = found.isEmpty() ? documents.problem() : found;
    if (!problem.isEmpty() && failure.isEmpty()) {
      LOG.atError().addKeyValue("problem", problem).log("The state folder cannot be written");
    }
    if (!problem.equals(failure)) {
      failure = problem;
      changed.run();
    }
    boolean behind =
        !prepared || documents.isBehind() || !unsaved.isEmpty() || !unsavedScopes.isEmpty();
    if (!problem.isEmpty() && behind) {
      retry.within(RETRY);
    }
  }

  private void retry() {
    documents.again();
    if (prepared) {
      writeDocuments();
      flush();
    } else {
      begin();
    }
  }

  /** What is wrong with the folder. */
  List<Finding> findings() {
    return failure.isEmpty()
        ? List.of()
        : List.of(
            Finding.of(
                FindingCode.STATE_FOLDER,
                "state folder",
                "The state folder must be writable; what is in force now would not survive a"
                    + " restart: "
                    + failure));
  }
}
