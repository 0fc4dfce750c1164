package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.control.ControlMetrics;
import dev.skiffmesh.server.guard.Doubt;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.Vitals;
import dev.skiffmesh.server.testing.GeneratedPage;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page of metrics lists each that there is. */
class MetricsPageTest {

  @Test
  void thePageIsWhatTheCodeSays() throws IOException {
    try (MeshMetrics metrics = new MeshMetrics()) {
      // A source's are there once it has spoken.
      ControlMetrics control = metrics.control();
      control.sourceEvent("nacos", "Synced");
      control.sourceSynced("nacos", true);
      control.doubted("nacos", Doubt.HELD);
      control.heldBack("nacos", new TreeSet<>(Set.of(new ServiceId("trading", "order"))));
      metrics.delivery();
      metrics.countPolicies(MetricsPageTest::nobodyAsks);
      metrics.watch(new Vitals(() -> 0));

      Map<String, String> rows = new TreeMap<>();
      PrometheusMeterRegistry registry = metrics.registry();
      for (Meter meter : registry.getMeters()) {
        Meter.Id id = meter.getId();
        if (id.getName().startsWith("skiff.")) {
          String name = name(id);
          rows.put(
              name,
              "| `%s` | %s | %s | %s |".formatted(name, type(id), labels(id), id.getDescription()));
        }
      }
      GeneratedPage.check(
          "metrics.md",
          "| name | type | labels | what it counts |\n|---|---|---|---|\n"
              + String.join("\n", rows.values()));
    }
  }

  private static MeshReport nobodyAsks() {
    throw new IllegalStateException("names are listed, and no values");
  }

  /** As it is scraped. */
  private static String name(Meter.Id id) {
    String unit = id.getBaseUnit();
    String suffix =
        switch (id.getType()) {
          case COUNTER -> "_total";
          case TIMER -> "_seconds";
          default -> unit == null ? "" : "_" + unit;
        };
    return id.getName().replace('.', '_') + suffix;
  }

  private static String type(Meter.Id id) {
    return switch (id.getType()) {
      case COUNTER -> "counter";
      case GAUGE -> "gauge";
      case TIMER -> "histogram";
      case LONG_TASK_TIMER, DISTRIBUTION_SUMMARY, OTHER ->
          throw new IllegalStateException("a type that has no word yet: " + id);
    };
  }

  private static String labels(Meter.Id id) {
    return id.getTags().stream()
        .map(Tag::getKey)
        .map("`%s`"::formatted)
        .collect(Collectors.joining(", "));
  }
}
