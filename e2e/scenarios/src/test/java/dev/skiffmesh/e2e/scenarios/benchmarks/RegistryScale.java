package dev.skiffmesh.e2e.scenarios.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.registry.nacos.SyntheticNacos;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.control.ConfiguredSource;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.server.status.SourceRole;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * What an estate of a given size costs: the time until it is served, live heap, CPU at a rate of
 * changes, and one change. Nacos is synthetic below its client, Kubernetes is real objects in a
 * real API server, the rest is what runs in production. Arguments: {@code nacos} or {@code
 * kubernetes}, services, instances of each.
 */
final class RegistryScale {

  private static final Duration BOUND = Duration.ofMinutes(5);
  private static final int CHANGES = 300;
  private static final int WARM_UP = 2_000;
  private static final int CHANGES_PER_SECOND = 100;
  private static final int SECONDS = 30;
  private static final int WATCHED = 7;

  private RegistryScale() {}

  /** Runs it once. */
  public static void main(String[] arguments) throws Exception {
    int services = Integer.parseInt(arguments[1]);
    int instances = Integer.parseInt(arguments[2]);
    Path folder = Files.createTempDirectory("skiff-scale-");
    try (Estate estate =
        arguments[0].equals("nacos")
            ? new NacosEstate(SyntheticNacos.of(services, instances))
            : KubernetesEstate.of(services, instances)) {
      run(estate, services, instances, folder);
    }
    System.exit(0);
  }

  private static void run(Estate estate, int services, int instances, Path folder)
      throws Exception {
    cpu("the writer alone", estate, services);
    long begun = System.nanoTime();
    try (SkiffServer server =
        SkiffServer.start(
            ConfigReader.read(
                "xds: {port: %d}\nadmin: {port: 0}\nscope: All\n".formatted(FreePorts.next()),
                "skiff.yaml",
                folder,
                _ -> null),
            PolicyKinds.ALL,
            List.of(
                new ConfiguredSource(
                    estate.source(), new TreeSet<>(Set.of(SourceRole.REGISTRY)))))) {
      Await.value(BOUND, server::report, report -> isWhole(report, services * instances));
      System.out.printf(
          "%,d services, %,d endpoints: served after %.1f s%n",
          services, services * instances, (System.nanoTime() - begun) / 1e9);
      System.out.printf("live heap %.1f MB without proxies%n", liveHeap() / 1e6);
      cpu("writer and control plane", estate, services);
      oneChange(estate, server);
    }
  }

  private static boolean isWhole(MeshReport report, int endpoints) {
    return report.readiness().ready()
        && report.sources().getFirst().state() == SourceReport.State.SYNCED
        && report.world().endpoints().values().stream()
                .mapToInt(known -> known.endpoints().size())
                .sum()
            == endpoints;
  }

  private static long liveHeap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static void cpu(String whose, Estate estate, int services) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    for (int i = 0; i < CHANGES_PER_SECOND * SECONDS; i++) {
      estate.change(i % services);
      long due = start + (i + 1) * 1_000_000_000L / CHANGES_PER_SECOND;
      LockSupport.parkNanos(due - System.nanoTime());
    }
    System.out.printf(
        "%d changes/s for %d s: %.1f %% of one core for %s%n",
        CHANGES_PER_SECOND,
        SECONDS,
        100.0 * (system.getProcessCpuTime() - cpu) / (System.nanoTime() - start),
        whose);
  }

  /** From the registry's push to the assignment at a proxy, one after the other. */
  private static void oneChange(Estate estate, SkiffServer server) {
    String cluster = estate.cluster(WATCHED);
    try (TestingDeltaProxy proxy =
        TestingDeltaProxy.manual(server.xdsPort(), "default/caller/10.9.9.9:80").connect()) {
      proxy.ask(ResourceKind.CLUSTER, cluster);
      proxy.awaitReceived("cluster +" + cluster);
      proxy.ask(ResourceKind.ENDPOINT, cluster);
      proxy.awaitReceived("endpoint +" + cluster);
      List<Long> took = new ArrayList<>();
      for (int i = 0; i < WARM_UP + CHANGES; i++) {
        String before = proxy.accepted(ResourceKind.ENDPOINT).get(cluster);
        long start = System.nanoTime();
        estate.change(WATCHED);
        proxy.await(
            "the change", () -> !proxy.accepted(ResourceKind.ENDPOINT).get(cluster).equals(before));
        if (i >= WARM_UP) {
          took.add(System.nanoTime() - start);
        }
      }
      took.sort(null);
      System.out.printf(
          "one change, from the push to the proxy: median %.2f ms, p99 %.2f ms%n",
          took.get(CHANGES / 2) / 1e6, took.get(CHANGES * 99 / 100) / 1e6);
    }
  }
}
