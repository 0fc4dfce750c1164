package dev.skiffmesh.e2e.scenarios.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.registry.nacos.SyntheticNacos;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.control.ConfiguredSource;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.SourceRole;
import dev.skiffmesh.translator.policy.PolicyKinds;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How soon thousands of services that appear at once are in force, after the registry's last word
 * about them. Nacos is synthetic below its client, the rest is what runs in production. Arguments:
 * services, instances of each, bursts.
 */
final class RegistryBurst {

  private static final Duration BOUND = Duration.ofMinutes(5);
  private static final int BEFORE = 100;

  private RegistryBurst() {}

  /** Runs it once. */
  public static void main(String[] arguments) throws Exception {
    int services = Integer.parseInt(arguments[0]);
    int instances = Integer.parseInt(arguments[1]);
    int bursts = Integer.parseInt(arguments[2]);
    Path folder = Files.createTempDirectory("skiff-burst-");
    SyntheticNacos nacos = SyntheticNacos.of(BEFORE, instances);
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
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
                    nacos.source(), new TreeSet<>(Set.of(SourceRole.REGISTRY)))))) {
      await(server, BEFORE * instances);
      for (int burst = 1; burst <= bursts; burst++) {
        long begun = System.nanoTime();
        long cpu = system.getProcessCpuTime();
        nacos.grow(services);
        await(server, (BEFORE + burst * services) * instances);
        long end = System.nanoTime();
        System.out.printf(
            "%,d services more with %d instances each: told within %.2f s, reported to be in force"
                + " %.2f s after the last word; %.2f s CPU%n",
            services,
            instances,
            (nacos.lastAnswer() - begun) / 1e9,
            (end - nacos.lastAnswer()) / 1e9,
            (system.getProcessCpuTime() - cpu) / 1e9);
      }
    }
    System.exit(0);
  }

  /** Looks at each report once: adding up all endpoints costs more than what is measured. */
  private static void await(SkiffServer server, int endpoints) {
    AtomicLong seen = new AtomicLong(-1);
    Await.value(
        BOUND,
        server::report,
        report ->
            seen.getAndSet(report.revision()) != report.revision() && isWhole(report, endpoints));
  }

  private static boolean isWhole(MeshReport report, int endpoints) {
    return report.readiness().ready()
        && report.world().services().size() == report.world().endpoints().size()
        && report.world().endpoints().values().stream()
                .mapToInt(known -> known.endpoints().size())
                .sum()
            == endpoints;
  }
}
