package dev.skiffmesh.server.admin;

import dev.skiffmesh.server.control.ControlMetrics;
import dev.skiffmesh.server.delivery.DeliveryMetrics;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All that Skiff counts, in Prometheus' names. Labels are types, sources and results: never a proxy
 * or an endpoint, of which there are too many. Thread-safe.
 */
public final class MeshMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final AtomicInteger connected = new AtomicInteger();
  private final AtomicInteger outOfSync = new AtomicInteger();
  private final Map<String, AtomicInteger> synced = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> lastEvent = new ConcurrentHashMap<>();

  /** Registers everything that is there from the start. */
  public MeshMetrics() {
    String version = MeshMetrics.class.getPackage().getImplementationVersion();
    Gauge.builder("skiff.build.info", () -> 1)
        .tag("version", version == null ? "development" : version)
        .description("The version that runs")
        .register(registry);
    Gauge.builder("skiff.proxies.connected", connected, AtomicInteger::get)
        .description("Proxies that are connected")
        .register(registry);
    Gauge.builder("skiff.proxies.out.of.sync", outOfSync, AtomicInteger::get)
        .description("Connected proxies that have not acknowledged everything")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gc.bindTo(registry);
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
    private final Counter failed =
        Counter.builder("skiff.translation.failures")
            .description("Translations that failed; the proxy keeps what it has")
            .register(registry);

    @Override
    public void sourceEvent(String source, String event) {
      registry.counter("skiff.source.events", "source", source, "kind", event).increment();
      lastEvent
          .computeIfAbsent(
              source,
              name -> {
                AtomicLong at = new AtomicLong();
                Gauge.builder("skiff.source.last.event.timestamp", at, v -> v.get() / 1000.0)
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
                    .tag("source", name)
                    .register(registry);
                return value;
              })
          .set(isSynced ? 1 : 0);
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
    public void proxies(int nowConnected, int nowOutOfSync) {
      connected.set(nowConnected);
      outOfSync.set(nowOutOfSync);
    }
  }

  private final class Streams implements DeliveryMetrics {
    private final AtomicInteger delta = streams("delta");
    private final AtomicInteger sotw = streams("sotw");

    private AtomicInteger streams(String variant) {
      AtomicInteger open = new AtomicInteger();
      Gauge.builder("skiff.xds.streams", open, AtomicInteger::get)
          .tag("kind", variant)
          .register(registry);
      return open;
    }

    @Override
    public void responded(ResourceKind kind, int resources, int removals, long bytes) {
      registry.counter("skiff.xds.responses", "type_url", kind.typeUrl()).increment();
      registry
          .counter("skiff.xds.response.bytes", "type_url", kind.typeUrl())
          .increment((double) bytes);
      registry.counter("skiff.xds.resources.sent", "type_url", kind.typeUrl()).increment(resources);
      registry.counter("skiff.xds.removals.sent", "type_url", kind.typeUrl()).increment(removals);
    }

    @Override
    public void answered(ResourceKind kind, boolean accepted) {
      registry
          .counter(accepted ? "skiff.xds.acks" : "skiff.xds.nacks", "type_url", kind.typeUrl())
          .increment();
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
      registry
          .counter("skiff.xds.streams.refused", "result", reason.name().toLowerCase(Locale.ROOT))
          .increment();
    }

    @Override
    public void ignored(Ignored what) {
      registry
          .counter("skiff.xds.ignored", "result", what.name().toLowerCase(Locale.ROOT))
          .increment();
    }
  }
}
