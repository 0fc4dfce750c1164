package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.server.control.ControlMetrics;
import dev.skiffmesh.server.delivery.DeliveryMetrics;
import dev.skiffmesh.server.guard.ShrinkGuard;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.server.status.Pulse;
import dev.skiffmesh.server.status.Vitals;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * All that Skiff counts, in Prometheus' names. Labels are types, sources and results: never a proxy
 * or an endpoint, of which there are too many, and services only where they are few. Thread-safe.
 */
public final class MeshMetrics implements AutoCloseable {

  /** A registry that lost everything must not flood who scrapes us. */
  private static final int MOST_HELD_SHOWN = 100;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final AtomicInteger connected = new AtomicInteger();
  private final AtomicInteger outOfSync = new AtomicInteger();
  private final AtomicInteger harmed = new AtomicInteger();
  private final AtomicInteger withheld = new AtomicInteger();
  private final Counter loadReports =
      Counter.builder("skiff.load.reports")
          .description("Reports in which a proxy said that it had called something (LRS)")
          .register(registry);
  private final Map<String, AtomicInteger> synced = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> lastEvent = new ConcurrentHashMap<>();
  private final Map<String, MultiGauge> heldBack = new ConcurrentHashMap<>();

  /** Registers everything that is there from the start. */
  public MeshMetrics() {
    Gauge.builder("skiff.build.info", () -> 1)
        .tag("version", SkiffVersion.TEXT)
        .description("The version that runs")
        .register(registry);
    Gauge.builder("skiff.proxies.connected", connected, AtomicInteger::get)
        .description("Proxies that are connected")
        .register(registry);
    Gauge.builder("skiff.proxies.out.of.sync", outOfSync, AtomicInteger::get)
        .description("Connected proxies that have not acknowledged everything")
        .register(registry);
    Gauge.builder("skiff.runtime.proxies", harmed, AtomicInteger::get)
        .description("Proxies whose runtime layer has keys: something harms their calls")
        .register(registry);
    Gauge.builder("skiff.runtime.withheld", withheld, AtomicInteger::get)
        .description("Policies whose runtime keys are withheld until their source answers")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /**
   * Counts policies by condition, at each scrape.
   *
   * @param reports the newest report
   */
  public void countPolicies(Supplier<MeshReport> reports) {
    for (Condition.Type type : Condition.Type.values()) {
      for (boolean status : new boolean[] {true, false}) {
        Gauge.builder("skiff.policies", () -> count(reports.get(), type, status))
            .description("Policies by condition and whether it holds")
            .tag("condition", ApiItems.word(type))
            .tag("result", String.valueOf(status))
            .register(registry);
      }
    }
  }

  /** Shows for how long each part has been waited for, at each scrape. */
  public void watch(Vitals vitals) {
    for (Pulse pulse : vitals.pulses()) {
      Gauge.builder("skiff.part.waited", () -> pulse.age().toNanos() / 1e9)
          .description(
              "For how long a part of Skiff has been expected to come back; 0 if it is not")
          .tag("part", pulse.part())
          .baseUnit("seconds")
          .register(registry);
    }
  }

  private static long count(MeshReport report, Condition.Type type, boolean status) {
    return report.policies().stream()
        .map(PolicyReport::status)
        .map(
            policy ->
                switch (type) {
                  case ACCEPTED -> policy.accepted();
                  case PROGRAMMED -> policy.programmed();
                })
        .filter(condition -> condition.status() == status)
        .count();
  }

  /** A proxy has said which services it calls. */
  public void loadReported() {
    loadReports.increment();
  }

  /** What is scraped. */
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /** The control loop's part. */
  public ControlMetrics control() {
    return new Control();
  }

  /** The engine's part. */
  public DeliveryMetrics delivery() {
    return new Streams();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram(false)
        .serviceLevelObjectives(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5))
        .register(registry);
  }

  private final class Control implements ControlMetrics {
    private final Timer built =
        timer("skiff.snapshot.build", "From a quiet world to its evaluation");
    private final Timer translated = timer("skiff.translate", "One proxy's resources");
    private final Timer converged =
        timer("skiff.convergence", "From a source's event to the last proxy's ACK");
    private final Timer lag =
        timer("skiff.loop.lag", "How late the control loop's heartbeat came, and so everything");
    private final Counter failed =
        Counter.builder("skiff.translation.failures")
            .description("Translations that failed; the proxy keeps what it has")
            .register(registry);

    @Override
    public void sourceEvent(String source, String event) {
      Counter.builder("skiff.source.events")
          .description("What sources have said, by event")
          .tag("source", source)
          .tag("kind", event)
          .register(registry)
          .increment();
      lastEvent
          .computeIfAbsent(
              source,
              name -> {
                AtomicLong at = new AtomicLong();
                Gauge.builder("skiff.source.last.event.timestamp", at, v -> v.get() / 1000.0)
                    .description("When a source said something last")
                    .tag("source", name)
                    .baseUnit("seconds")
                    .register(registry);
                return at;
              })
          .set(System.currentTimeMillis());
    }

    @Override
    public void sourceSynced(String source, boolean isSynced) {
      synced
          .computeIfAbsent(
              source,
              name -> {
                AtomicInteger value = new AtomicInteger();
                Gauge.builder("skiff.source.synced", value, AtomicInteger::get)
                    .description("1 while all that a source has is known")
                    .tag("source", name)
                    .register(registry);
                return value;
              })
          .set(isSynced ? 1 : 0);
    }

    @Override
    public void guarded(String source) {
      for (ShrinkGuard.Doubt doubt : ShrinkGuard.Doubt.values()) {
        doubts(source, doubt);
      }
    }

    @Override
    public void doubted(String source, ShrinkGuard.Doubt doubt) {
      doubts(source, doubt).increment();
    }

    private Counter doubts(String source, ShrinkGuard.Doubt doubt) {
      return Counter.builder("skiff.registry.doubts")
          .description("Services about which a registry was doubted (held), and what became of it")
          .tag("source", source)
          .tag("result", doubt.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }

    @Override
    public void heldBack(String source, SortedSet<ServiceId> services) {
      heldBack
          .computeIfAbsent(
              source,
              name ->
                  MultiGauge.builder("skiff.registry.held.back")
                      .description(
                          "1 for each service whose last good instances stay because its registry"
                              + " is doubted; at most 100 of each source")
                      .tag("source", name)
                      .register(registry))
          .register(
              services.stream()
                  .limit(MOST_HELD_SHOWN)
                  .map(id -> MultiGauge.Row.of(Tags.of("service", id.toString()), 1))
                  .toList(),
              true);
    }

    @Override
    public void snapshotBuilt(Duration took) {
      built.record(took);
    }

    @Override
    public void translated(Duration took) {
      translated.record(took);
    }

    @Override
    public void translationFailed() {
      failed.increment();
    }

    @Override
    public void converged(Duration took) {
      converged.record(took);
    }

    @Override
    public void runtimeKeys(int proxies, int policies) {
      harmed.set(proxies);
      withheld.set(policies);
    }

    @Override
    public void loopLag(Duration late) {
      lag.record(late);
    }

    @Override
    public void proxies(int nowConnected, int nowOutOfSync) {
      connected.set(nowConnected);
      outOfSync.set(nowOutOfSync);
    }
  }

  /** What goes over the wire for one type. */
  private final class Sent {
    private final Counter responses;
    private final Counter bytes;
    private final Counter resources;
    private final Counter removals;
    private final Counter acks;
    private final Counter nacks;

    private Sent(ResourceKind kind) {
      this.responses = counter(kind, "skiff.xds.responses", "Responses sent");
      this.bytes = counter(kind, "skiff.xds.response.bytes", "Bytes of the responses sent");
      this.resources = counter(kind, "skiff.xds.resources.sent", "Resources sent");
      this.removals = counter(kind, "skiff.xds.removals.sent", "Removals sent");
      this.acks = counter(kind, "skiff.xds.acks", "Responses that proxies accepted");
      this.nacks = counter(kind, "skiff.xds.nacks", "Responses that proxies rejected");
    }

    private Counter counter(ResourceKind kind, String name, String description) {
      return Counter.builder(name)
          .description(description)
          .tag("type_url", kind.typeUrl())
          .register(registry);
    }
  }

  private final class Streams implements DeliveryMetrics {
    private final Counter wanted =
        Counter.builder("skiff.xds.hosts.asked")
            .description(
                "Names that proxies asked for on demand: first calls of their applications")
            .register(registry);
    private final Counter answeredAgain =
        Counter.builder("skiff.xds.hosts.answered.again")
            .description(
                "Hosts sent again after a reconnect, because nobody knew that they had been"
                    + " answered")
            .register(registry);
    private final Counter renewals =
        Counter.builder("skiff.runtime.renewals")
            .description("Runtime layers with keys whose life was prolonged by a heartbeat")
            .register(registry);
    private final Counter lapses =
        Counter.builder("skiff.runtime.lapses")
            .description("Heartbeats that came too late: the proxy had dropped its runtime keys")
            .register(registry);
    private final AtomicInteger delta = streams("delta");
    private final AtomicInteger sotw = streams("sotw");

    private AtomicInteger streams(String variant) {
      AtomicInteger open = new AtomicInteger();
      Gauge.builder("skiff.xds.streams", open, AtomicInteger::get)
          .description("Open streams by variant")
          .tag("kind", variant)
          .register(registry);
      return open;
    }

    /** All types from the start: an alert cannot see a counter that is first seen at 1. */
    private final Map<ResourceKind, Sent> sent = new TreeMap<>();

    private final Map<Refusal, Counter> refusals = new EnumMap<>(Refusal.class);
    private final Map<Ignored, Counter> ignorances = new EnumMap<>(Ignored.class);

    private Streams() {
      ResourceKind.ALL.forEach(kind -> sent.put(kind, new Sent(kind)));
      for (Refusal reason : Refusal.values()) {
        refusals.put(
            reason,
            counter("skiff.xds.streams.refused", "Streams that were refused, by reason", reason));
      }
      for (Ignored what : Ignored.values()) {
        ignorances.put(
            what,
            counter("skiff.xds.ignored", "What proxies said and Skiff passed over, by what", what));
      }
    }

    private Counter counter(String name, String description, Enum<?> result) {
      return Counter.builder(name)
          .description(description)
          .tag("result", result.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }

    @Override
    public void wanted(int names) {
      wanted.increment(names);
    }

    @Override
    public void answeredAgain(int names) {
      answeredAgain.increment(names);
    }

    @Override
    public void responded(ResourceKind kind, int resources, int removals, long bytes) {
      Sent counters = sent.get(kind);
      if (counters != null) {
        counters.responses.increment();
        counters.bytes.increment((double) bytes);
        counters.resources.increment(resources);
        counters.removals.increment(removals);
      }
    }

    @Override
    public void answered(ResourceKind kind, boolean accepted) {
      Sent counters = sent.get(kind);
      if (counters != null) {
        (accepted ? counters.acks : counters.nacks).increment();
      }
    }

    @Override
    public void renewed(ResourceKind kind) {
      renewals.increment();
    }

    @Override
    public void lapsed(ResourceKind kind) {
      lapses.increment();
    }

    @Override
    public void opened(boolean incremental) {
      (incremental ? delta : sotw).incrementAndGet();
    }

    @Override
    public void closed(boolean incremental) {
      (incremental ? delta : sotw).decrementAndGet();
    }

    @Override
    public void refused(Refusal reason) {
      refusals.get(reason).increment();
    }

    @Override
    public void ignored(Ignored what) {
      ignorances.get(what).increment();
    }
  }
}
