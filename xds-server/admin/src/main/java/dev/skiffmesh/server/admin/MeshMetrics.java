package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.server.control.ControlMeters;
import dev.skiffmesh.server.control.ControlMetrics;
import dev.skiffmesh.server.delivery.DeliveryMeters;
import dev.skiffmesh.server.delivery.DeliveryMetrics;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.server.status.Pulse;
import dev.skiffmesh.server.status.Vitals;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;

/**
 * All that Skiff counts, in Prometheus' names. Labels are types, sources and results: never a proxy
 * or an endpoint, of which there are too many, and services only where they are few. Thread-safe.
 */
public final class MeshMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Counter loadReports =
      Counter.builder("skiff.load.reports")
          .description("Reports in which a proxy said that it had called something (LRS)")
          .register(registry);
  private final ControlMetrics control = new ControlMeters(registry);
  private final DeliveryMetrics delivery = new DeliveryMeters(registry);

  /** Registers everything that is there from the start. */
  public MeshMetrics() {
    Gauge.builder("skiff.build.info", () -> 1)
        .tag("version", SkiffVersion.TEXT)
        .description("The version that runs")
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
    return control;
  }

  /** The engine's part. */
  public DeliveryMetrics delivery() {
    return delivery;
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
