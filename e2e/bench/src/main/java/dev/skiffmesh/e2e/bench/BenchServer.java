package dev.skiffmesh.e2e.bench;

import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.config.SkiffConfig;
import dev.skiffmesh.server.control.ConfiguredSource;
import dev.skiffmesh.server.status.SourceRole;
import dev.skiffmesh.translator.policy.PolicyKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A whole control plane on a {@link SyntheticRegistry}: control loop, translator, a view for each
 * proxy and the stream engine, as {@code skiff serve} runs them. Prints {@code ready} when proxies
 * are let in, and runs until it is killed.
 */
@Command(
    name = "bench-server",
    description = "A control plane on a synthetic mesh, to be measured.",
    mixinStandardHelpOptions = true)
public final class BenchServer implements Callable<Integer> {

  private static final long POLL_NANOS = 10_000_000;

  @Option(names = "--services", description = "How many services (default: ${DEFAULT-VALUE}).")
  private int services = 1000;

  @Option(names = "--endpoints", description = "Endpoints of each (default: ${DEFAULT-VALUE}).")
  private int endpoints = 10;

  @Option(names = "--xds", description = "Port for proxies (default: ${DEFAULT-VALUE}).")
  private int xds = 18000;

  @Option(names = "--changes", description = "Port for changes (default: ${DEFAULT-VALUE}).")
  private int changes = 18001;

  @Option(names = "--admin", description = "Port of the HTTP API (default: ${DEFAULT-VALUE}).")
  private int admin = 18080;

  @Option(names = "--scope", description = "All, Declared or OnDemand (default: ${DEFAULT-VALUE}).")
  private String scope = "All";

  /** Starts one; exits only when it is killed, or with 2 for wrong options. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchServer()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    Path folder = Files.createTempDirectory("skiff-bench-");
    SkiffConfig config =
        ConfigReader.read(
            """
            xds: {port: %d}
            admin: {port: %d}
            scope: %s
            """
                .formatted(xds, admin, scope),
            "skiff.yaml",
            folder,
            _ -> null);
    SyntheticRegistry registry = new SyntheticRegistry(services, endpoints);
    ConfiguredSource source =
        new ConfiguredSource(registry, new TreeSet<>(List.of(SourceRole.REGISTRY)));
    try (SkiffServer server = SkiffServer.start(config, PolicyKinds.ALL, List.of(source));
        ChangePort _ = ChangePort.start(changes, registry)) {
      while (!server.report().readiness().ready()) {
        LockSupport.parkNanos(POLL_NANOS);
      }
      System.out.println("ready");
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
