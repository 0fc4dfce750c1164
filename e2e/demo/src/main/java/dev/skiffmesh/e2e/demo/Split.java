package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.e2e.parts.LoadLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which version of order answered how many calls.
 *
 * @param calls all of them
 * @param byVersion {@code order v1}, ... with their calls
 * @param failed calls without a good answer
 * @param firstFailure in words, empty if there was none
 */
record Split(long calls, SortedMap<String, Long> byVersion, long failed, String firstFailure) {

  private static final int BAR = 40;

  static Split of(LoadLoop.Report report) {
    SortedMap<String, Long> byVersion = new TreeMap<>();
    report
        .byAnswerer()
        .forEach((answerer, calls) -> byVersion.merge(version(answerer), calls, Long::sum));
    byVersion.remove("");
    return new Split(
        report.calls(),
        byVersion,
        report.failed(),
        report.failures().isEmpty() ? "" : report.failures().getFirst());
  }

  /** The share of a version in percent. */
  double percent(String version) {
    return calls == 0 ? 0 : 100.0 * byVersion.getOrDefault(version, 0L) / calls;
  }

  /** A line for each version, with a bar. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (String version : byVersion.keySet()) {
      double percent = percent(version);
      lines.add(
          String.format(
              Locale.ROOT,
              "%-10s %5.1f %%  %s",
              version,
              percent,
              "#".repeat((int) Math.round(percent * BAR / 100))));
    }
    lines.add(
        String.format(
                Locale.ROOT,
                "%-10s %5.1f %%  %s",
                "failed",
                calls == 0 ? 0 : 100.0 * failed / calls,
                firstFailure)
            .stripTrailing());
    return lines;
  }

  /** On one line: {@code order v1 50.4 %, order v2 49.6 %, failed 0 of 500 calls}. */
  String line() {
    StringBuilder line = new StringBuilder();
    byVersion
        .keySet()
        .forEach(
            version ->
                line.append(String.format(Locale.ROOT, "%s %.1f %%, ", version, percent(version))));
    return line.append("failed %d of %d calls".formatted(failed, calls))
        .append(firstFailure.isEmpty() ? "" : ": " + firstFailure)
        .toString();
  }

  /** {@code order-v1@127.0.0.1:9001} is {@code order v1}. */
  private static String version(String answerer) {
    int at = answerer.indexOf('@');
    return (at < 0 ? answerer : answerer.substring(0, at)).replace('-', ' ');
  }
}
