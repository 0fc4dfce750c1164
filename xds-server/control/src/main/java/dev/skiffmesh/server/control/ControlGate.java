package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.server.delivery.Delivery;
import dev.skiffmesh.server.delivery.DeliveryListener;
import dev.skiffmesh.server.delivery.NodeReader;
import dev.skiffmesh.server.delivery.ProxyAnswer;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamInspector;
import dev.skiffmesh.server.state.StateStore;
import dev.skiffmesh.server.status.Mesh;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PushedChange;
import dev.skiffmesh.server.status.Vitals;
import dev.skiffmesh.server.usage.UsageListener;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only writer of the world: source events in, snapshots for proxies out, their answers back in.
 * This class is the gate to the control thread; what happens there is {@link ControlLoop}'s. All
 * public methods are thread-safe and, but for {@link #close}, return at once.
 */
public final class ControlGate implements DeliveryListener, UsageListener, AutoCloseable, Mesh {

  private static final Logger LOG = LoggerFactory.getLogger(ControlGate.class);

  /** The control thread takes milliseconds; one that takes so long will not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final List<ConfiguredSource> sources;
  private final Translations translations;
  private final StateStore state;
  private final PolicyReader reader;
  private final SteadyClock clock;
  private final ControlThreads threads;
  private final ControlSettings settings;
  private final ControlMetrics metrics;
  private final MeshReport starting;
  private final Vitals vitals;
  private volatile @Nullable ControlLoop control;
  private volatile boolean closed;

  /**
   * A loop that has not begun.
   *
   * @param sources in order of priority: where two say the same, the earlier one counts
   * @param state closed by its owner after the loop and its threads
   * @param clock the time of day at the start, for what people see and for the expiry of policies;
   *     how it is set later changes nothing but a finding
   * @param threads closed by their owner after the loop, which lets the last writes end
   * @throws IllegalArgumentException if two sources have one name
   */
  public ControlGate(
      List<ConfiguredSource> sources,
      Translations translations,
      StateStore state,
      Clock clock,
      ControlThreads threads,
      ControlSettings settings,
      ControlMetrics metrics) {
    this.sources = List.copyOf(sources);
    Set<String> names = new HashSet<>();
    for (ConfiguredSource configured : sources) {
      if (!names.add(configured.source().name())) {
        throw new IllegalArgumentException(
            "Each source must have a name of its own, found '%s' twice"
                .formatted(configured.source().name()));
      }
    }
    this.translations = translations;
    this.state = state;
    this.reader = new PolicyReader(translations);
    this.clock = new SteadyClock(clock, threads::nanos);
    this.threads = threads;
    this.settings = settings;
    this.metrics = metrics;
    this.starting = MeshReport.starting(this.clock.instant());
    this.vitals = new Vitals(threads::nanos);
  }

  /**
   * Restores what was saved, starts the sources and feeds {@code delivery} from then on; called
   * once. Proxies are accepted once the loop is ready.
   *
   * @param inspector what the engine knows of its streams
   */
  public void start(Delivery delivery, StreamInspector inspector) {
    delivery.accepting(false);
    enqueue(
        () -> {
          ControlLoop begun =
              new ControlLoop(
                  sources,
                  translations,
                  reader,
                  state,
                  clock,
                  new SafeThreads(threads),
                  settings,
                  metrics,
                  vitals,
                  delivery,
                  inspector);
          begun.restore();
          control = begun;
          sources.forEach(source -> start(begun, source));
          begun.begun();
        });
  }

  private void start(ControlLoop begun, ConfiguredSource configured) {
    String name = configured.source().name();
    try {
      configured
          .source()
          .start(
              new Source.Sink() {
                @Override
                public void accept(SourceEvent event) {
                  reader.hear(name, event);
                  enqueue(() -> begun.heard(name, event));
                }

                @Override
                public void expect(RawDocument document) {
                  reader.expect(name, document);
                }
              });
    } catch (RuntimeException | Error e) {
      LOG.atError().addKeyValue("source", name).setCause(e).log("A source could not be started");
      begun.heard(name, new SourceEvent.Lost("it could not be started: " + e.getMessage()));
    }
  }

  @Override
  public MeshReport report() {
    ControlLoop begun = control;
    return vitals.over(begun == null ? starting : begun.report());
  }

  @Override
  public Vitals vitals() {
    return vitals;
  }

  @Override
  public List<PushedChange> history() {
    ControlLoop begun = control;
    return begun == null ? List.of() : begun.history();
  }

  @Override
  public SortedSet<ServiceId> accept(String source, Predicate<ServiceId> which) {
    CompletableFuture<SortedSet<ServiceId>> accepted = new CompletableFuture<>();
    accept(source, which, accepted::complete);
    try {
      return accepted.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("The control plane is starting, ending or overloaded", e);
    }
  }

  @Override
  public void opened(
      StreamId stream, Node node, boolean incremental, String peer, @Nullable ResourceKind only) {
    var reading = NodeReader.read(node, incremental);
    tell(begun -> begun.proxies().opened(stream, reading, peer, only, clock.instant()));
  }

  @Override
  public void answered(ProxyAnswer ack) {
    tell(begun -> begun.proxies().answered(ack));
  }

  @Override
  public void wanted(
      StreamId stream, ResourceKind kind, SortedSet<String> asked, SortedSet<String> held) {
    tell(begun -> begun.proxies().wants().wanted(stream, kind, asked, held, clock.instant()));
  }

  @Override
  public void used(String nodeId, SortedSet<ServiceId> services) {
    tell(begun -> begun.proxies().wants().used(nodeId, services, clock.instant()));
  }

  @Override
  public void limited() {
    tell(begun -> begun.proxies().limited());
  }

  @Override
  public void closed(StreamId stream) {
    tell(begun -> begun.proxies().closed(stream));
  }

  /** The same without waiting. */
  void accept(String source, Predicate<ServiceId> which, Consumer<SortedSet<ServiceId>> accepted) {
    tell(begun -> accepted.accept(begun.hearing().accept(source, which)));
  }

  private void tell(Consumer<ControlLoop> task) {
    enqueue(
        () -> {
          ControlLoop begun = control;
          if (begun != null) {
            task.accept(begun);
          }
        });
  }

  private void enqueue(Runnable task) {
    threads.control(SafeThreads.guarded(task));
  }

  /**
   * Closes the sources and has what is not yet saved written; proxies keep what they have. Nothing
   * happens the second time.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (ConfiguredSource configured : sources) {
      try {
        configured.source().close();
      } catch (RuntimeException | Error e) {
        LOG.atWarn()
            .addKeyValue("source", configured.source().name())
            .setCause(e)
            .log("A source could not be closed");
      }
    }
    tell(ControlLoop::end);
  }
}
