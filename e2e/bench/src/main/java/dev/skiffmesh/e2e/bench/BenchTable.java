package dev.skiffmesh.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Prints what {@code e2e/bench/run} has measured as a Markdown table, the medians over all rounds.
 * Reads {@code <server>.<phase>.<round>.json}, a load generator's report, and {@code
 * <server>.main.<round>.memory}, bytes in use before and with all streams.
 */
final class BenchTable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SERVER = "server";
  private static final double MEGA = 1e6;
  private static final double MILLIS = 1e3;
  private static final double MEBI = 1 << 20;

  private final Map<String, Map<String, List<JsonNode>>> reports = new TreeMap<>();
  private final Map<String, List<Double>> streamMemory = new TreeMap<>();
  private final int proxies;

  private BenchTable(int proxies) {
    this.proxies = proxies;
  }

  /** Takes the number of proxies and the folder. */
  public static void main(String[] arguments) throws IOException {
    BenchTable table = new BenchTable(Integer.parseInt(arguments[0]));
    table.read(Path.of(arguments[1]));
    table.print();
  }

  private void read(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String[] name = file.getFileName().toString().split("\\.", -1);
        if (name.length != 4) {
          continue;
        }
        if (name[3].equals("json")) {
          reports
              .computeIfAbsent(name[0], _ -> new TreeMap<>())
              .computeIfAbsent(name[1], _ -> new ArrayList<>())
              .add(JSON.readTree(Files.readString(file)));
        } else if (name[3].equals("memory")) {
          String[] bytes = Files.readString(file).strip().split(" ", -1);
          streamMemory
              .computeIfAbsent(name[0], _ -> new ArrayList<>())
              .add((Double.parseDouble(bytes[1]) - Double.parseDouble(bytes[0])) / proxies);
        }
      }
    }
  }

  private void print() {
    System.out.println(
        "| | connect: s | CPU s | MB | connect, warm JVM: s | CPU s | one endpoint: last proxy ms | CPU ms | one service: last proxy ms"
            + " | CPU ms | MB | 100 changes/s: CPU s per s | last proxy ms | reconnect: CPU s | resources"
            + " | MiB for an idle stream | load of the machine |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    reports.forEach(
        (server, phases) -> {
          List<JsonNode> main = phases.getOrDefault("main", List.of());
          List<JsonNode> again = phases.getOrDefault("again", List.of());
          List<JsonNode> rate = phases.getOrDefault("rate", List.of());
          System.out.printf(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
              server,
              text(main, "%.1f", report -> report.at("/connect/ready_last_s").asDouble()),
              text(main, "%.1f", report -> cpu(report.get("connect"))),
              text(main, "%.0f", report -> sum(report.get("connect"), "bytes") / MEGA),
              text(again, "%.1f", report -> report.at("/connect/ready_last_s").asDouble()),
              text(again, "%.1f", report -> cpu(report.get("connect"))),
              changes(main, "%.0f", BenchTable::last),
              changes(main, "%.0f", BenchTable::changeCpu),
              changes(phases.getOrDefault("service", List.of()), "%.0f", BenchTable::last),
              changes(phases.getOrDefault("service", List.of()), "%.0f", BenchTable::changeCpu),
              changes(
                  phases.getOrDefault("service", List.of()),
                  "%.1f",
                  (_, change) -> sum(change, "bytes") / MEGA),
              changes(
                  rate,
                  "%.2f",
                  (_, change) -> cpu(change) / change.get("command_ms").asDouble() * MILLIS),
              changes(rate, "%.0f", (_, change) -> change.get("last_after_return_ms").asDouble()),
              text(main, "%.1f", report -> cpu(report.at("/reconnect/0"))),
              text(main, "%.0f", report -> sum(report.at("/reconnect/0"), "resources")),
              median(
                  "%.3f",
                  streamMemory.getOrDefault(server, List.of()).stream()
                      .map(bytes -> bytes / MEBI)
                      .toList()),
              changes(main, "%.1f", (_, change) -> load(change)));
        });
  }

  /** Of one minute: a figure from a busy machine is to be known for what it is. */
  private static double load(JsonNode phase) {
    return Double.parseDouble(phase.path("loadavg").asString("0").split(" ", -1)[0]);
  }

  private static double cpu(JsonNode phase) {
    return phase.at("/cpu_s/" + SERVER).asDouble();
  }

  private static double sum(JsonNode phase, String what) {
    double sum = 0;
    for (JsonNode type : phase.path("types")) {
      sum += type.path(what).asDouble();
    }
    return sum;
  }

  /** Until the last proxy has it; endless if one never got it. */
  private static double last(JsonNode report, JsonNode change) {
    return change.get("missed").asInt() > 0
        ? Double.POSITIVE_INFINITY
        : change.get("last_ms").asDouble();
  }

  /** What the change cost beyond what the server does while nothing happens. */
  private static double changeCpu(JsonNode report, JsonNode change) {
    double idle = report.at("/idle_cpu_per_s/" + SERVER).asDouble();
    return (cpu(change) - idle * change.get("window_s").asDouble()) * MILLIS;
  }

  private interface OfChange {
    double value(JsonNode report, JsonNode change);
  }

  private static String changes(List<JsonNode> reports, String format, OfChange value) {
    List<Double> values = new ArrayList<>();
    for (JsonNode report : reports) {
      for (JsonNode change : report.path("changes")) {
        values.add(value.value(report, change));
      }
    }
    return median(format, values);
  }

  private static String text(
      List<JsonNode> reports, String format, ToDoubleFunction<JsonNode> value) {
    return median(format, reports.stream().map(value::applyAsDouble).toList());
  }

  private static String median(String format, List<Double> values) {
    if (values.isEmpty()) {
      return "-";
    }
    double median = values.stream().sorted().toList().get((values.size() - 1) / 2);
    return Double.isInfinite(median) ? "never" : String.format(Locale.ROOT, format, median);
  }
}
