package dev.skiffmesh.e2e.scenarios.benchmarks;

import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.scenarios.Caller;
import dev.skiffmesh.e2e.scenarios.ControlPlaneProcess;
import dev.skiffmesh.e2e.scenarios.ProcessFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * What a sidecar costs in a mesh of 5,000 services of which its service calls 10: resident memory
 * of a real Envoy and bytes that it was sent, with scope {@code OnDemand} and with {@code All}. Of
 * the first, a proxy that has to learn what it uses and a new replica of the same workload, which
 * is sent it at once.
 */
final class SidecarInALargeMesh {

  private static final int CALLED = 10;
  private static final int SERVICES_IN_A_FILE = 100;
  private static final int ENDPOINTS = 10;

  /** Envoy frees what it no longer needs, and updates its statistics, within this time. */
  private static final long SETTLE_NANOS = 15_000_000_000L;

  private SidecarInALargeMesh() {}

  /** Takes the number of services, 5,000 if none is given. */
  public static void main(String[] arguments) throws IOException {
    int services = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5_000;
    System.out.println("| scope | proxy | resident MiB | received MB | clusters | ready s |");
    System.out.println("|---|---|---|---|---|---|");
    try (HttpService called = HttpService.start("called", Map.of())) {
      Path onDemand = mesh(services, called.port());
      try (ControlPlaneProcess controlPlane = ControlPlaneProcess.onDemand(onDemand)) {
        measure("OnDemand", "new workload", controlPlane);
        measure("OnDemand", "its next replica", controlPlane);
      }
      Path all = mesh(services, called.port());
      try (ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(all)) {
        measure("All", "any", controlPlane);
      }
      Path nothing = mesh(0, called.port());
      try (ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(nothing)) {
        measure("a mesh of those 10 alone", "any", controlPlane);
      }
    }
  }

  private static void measure(String scope, String proxy, ControlPlaneProcess controlPlane) {
    long begin = System.nanoTime();
    try (Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
      double ready = (System.nanoTime() - begin) / 1e9;
      for (int i = 0; i < CALLED; i++) {
        LoadLoop.Report calls = caller.call("called-" + i + ".trading", 20);
        if (!calls.failures().isEmpty()) {
          throw new IllegalStateException("No call may fail, found " + calls.failures());
        }
      }
      settle();
      long clusters =
          caller.envoy().stats("^cluster_manager.active_clusters$").values().iterator().next();
      long received =
          caller.envoy().stats("upstream_cx_rx_bytes_total$").entrySet().stream()
              .filter(stat -> stat.getKey().contains("skiff"))
              .mapToLong(Map.Entry::getValue)
              .sum();
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %.0f | %.2f | %d | %.1f |%n",
          scope,
          proxy,
          ProcessFigures.of(caller.envoy().pid()).residentBytes() / 1048576.0,
          received / 1e6,
          clusters,
          ready);
    }
  }

  private static void settle() {
    long until = System.nanoTime() + SETTLE_NANOS;
    while (System.nanoTime() - until < 0) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }

  /** A folder with so many services that nobody calls, and with those that are called. */
  private static Path mesh(int services, int port) throws IOException {
    Path folder = Files.createTempDirectory("skiff-benchmark-");
    Path files = Files.createDirectories(folder.resolve("services"));
    StringBuilder called = new StringBuilder();
    for (int i = 0; i < CALLED; i++) {
      called.append(service("called-" + i, "    - {address: 127.0.0.1, port: " + port + "}\n"));
    }
    Files.writeString(files.resolve("called.yaml"), called);
    StringBuilder text = new StringBuilder();
    for (int i = CALLED; i < services; i++) {
      StringBuilder endpoints = new StringBuilder();
      for (int k = 1; k <= ENDPOINTS; k++) {
        endpoints.append(
            "    - {address: 10.%d.%d.%d, port: 8080}%n".formatted(100 + i / 250, i % 250, k));
      }
      text.append(service("other-" + i, endpoints.toString()));
      if (i % SERVICES_IN_A_FILE == SERVICES_IN_A_FILE - 1 || i == services - 1) {
        Files.writeString(files.resolve("other-" + i + ".yaml"), text);
        text.setLength(0);
      }
    }
    return folder;
  }

  private static String service(String name, String endpoints) {
    return """
        ---
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: %s, namespace: trading}
        spec:
          ports: [{name: http, port: 80, protocol: http}]
          endpoints:
        %s"""
        .formatted(name, endpoints);
  }
}
