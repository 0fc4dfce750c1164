package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.guard.Doubt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the control loop counts, in Prometheus' names. Labels are sources, results and, where they
 * are few, services. Thread-safe.
 */
public final class ControlMeters implements ControlMetrics {

  /** A registry that lost everything must not flood who scrapes us. */
  private static final int MOST_HELD_SHOWN = 100;

  private final MeterRegistry registry;
  private final AtomicInteger connected = new AtomicInteger();
  private final AtomicInteger outOfSync = new AtomicInteger();
  private final AtomicInteger harmed = new AtomicInteger();
  private final AtomicInteger withheld = new AtomicInteger();
  private final Map<String, AtomicInteger> synced = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> lastEvent = new ConcurrentHashMap<>();
  private final Map<String, MultiGauge> heldBack = new ConcurrentHashMap<>();
  private final AtomicInteger queue = new AtomicInteger();
  private final Timer built;
  private final Timer translated;
  private final Timer reported;
  private final Timer converged;
  private final Timer lag;
  private final Counter failed;

  /** Registers everything that is there from the start. */
  public ControlMeters(MeterRegistry registry) {
    this.registry = registry;
    this.built = timer("skiff.snapshot.build", "From a quiet world to its evaluation");
    this.translated = timer("skiff.translate", "One proxy's resources");
    this.reported = timer("skiff.report", "One report of how all proxies and policies stand");
    this.converged = timer("skiff.convergence", "From a source's event to the last proxy's ACK");
    this.lag =
        timer("skiff.loop.lag", "How late the control loop's heartbeat came, and so everything");
    this.failed =
        Counter.builder("skiff.translation.failures")
            .description("Translations that failed; the proxy keeps what it has")
            .register(registry);
    gauge("skiff.loop.queue", "Tasks that waited for the control loop at its heartbeat", queue);
    gauge("skiff.proxies.connected", "Proxies that are connected", connected);
    gauge(
        "skiff.proxies.out.of.sync",
        "Connected proxies that have not acknowledged everything",
        outOfSync);
    gauge(
        "skiff.runtime.proxies",
        "Proxies whose runtime layer has keys: something harms their calls",
        harmed);
    gauge(
        "skiff.runtime.withheld",
        "Policies whose runtime keys are withheld until their source answers",
        withheld);
  }

  private void gauge(String name, String description, AtomicInteger value) {
    Gauge.builder(name, value, AtomicInteger::get).description(description).register(registry);
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
    for (Doubt doubt : Doubt.values()) {
      doubts(source, doubt);
    }
  }

  @Override
  public void doubted(String source, Doubt doubt) {
    doubts(source, doubt).increment();
  }

  private Counter doubts(String source, Doubt doubt) {
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
  public void reported(Duration took) {
    reported.record(took);
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
  public void loopBeat(Duration late, int waiting) {
    lag.record(late);
    queue.set(waiting);
  }

  @Override
  public void proxies(int nowConnected, int nowOutOfSync) {
    connected.set(nowConnected);
    outOfSync.set(nowOutOfSync);
  }
}
