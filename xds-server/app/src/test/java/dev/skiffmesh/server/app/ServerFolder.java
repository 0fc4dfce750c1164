package dev.skiffmesh.server.app;

import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.registry.core.SourceSettings;
import dev.skiffmesh.registry.file.FileSourceSettings;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.server.admin.AdminSettings;
import dev.skiffmesh.server.config.SkiffConfig;
import dev.skiffmesh.server.guard.GuardSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A folder with one service, and configurations of servers that read it. */
public final class ServerFolder {

  private static final long PATIENCE_SECONDS = 60;

  private final Path folder;

  private ServerFolder(Path folder) {
    this.folder = folder;
  }

  /** Writes {@code trading/order} and an empty folder of policies. */
  public static ServerFolder in(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("services"));
    Files.createDirectories(folder.resolve("policies"));
    Files.writeString(
        folder.resolve("services/order.yaml"),
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: order, namespace: trading}
        spec:
          ports: [{name: http, port: 80, protocol: http}]
          endpoints: [{address: 127.0.0.1, port: 9001, labels: {version: v1}}]
        """);
    return new ServerFolder(folder);
  }

  /** Writes a file of policies. */
  public ServerFolder withPolicy(String file, String text) throws IOException {
    Files.writeString(folder.resolve("policies").resolve(file), text);
    return this;
  }

  /** Any free ports, and behind {@code local} another registry with what is in that folder. */
  public SkiffConfig withRegistry(String name, Path services) {
    SkiffConfig config = config();
    List<SourceSettings> registries = new ArrayList<>(config.registries());
    registries.add(FileSourceSettings.of(name, services));
    return new SkiffConfig(
        config.xds(),
        config.admin(),
        registries,
        config.policies(),
        config.state(),
        config.rootNamespace(),
        config.startupTimeout(),
        config.scope(),
        config.guard());
  }

  /** Any free ports. */
  public SkiffConfig config() {
    return config(0, 0);
  }

  /** Those ports; 0 for any free one. */
  public SkiffConfig config(int xds, int admin) {
    return config(xds, admin, Duration.ofSeconds(20), List.of());
  }

  /** Beside the files a Nacos at a port of this machine, and so long a wait for it. */
  public SkiffConfig withNacos(int port, Duration startupTimeout) {
    NacosSettings settings =
        new NacosSettings(
            "legacy",
            "127.0.0.1:" + port,
            List.of(NacosSettings.Namespace.PUBLIC),
            List.of(NacosSettings.DEFAULT_GROUP),
            new NacosSettings.ServiceFilter(List.of("*"), List.of()),
            new NacosSettings.Credentials("", "", "", ""),
            new TreeMap<>(),
            new NacosSettings.Timing(Duration.ofSeconds(2), Duration.ofSeconds(10)));
    return config(0, 0, startupTimeout, List.of(settings));
  }

  private SkiffConfig config(
      int xds, int admin, Duration startupTimeout, List<SourceSettings> others) {
    List<SourceSettings> registries = new ArrayList<>(others);
    registries.add(
        FileSourceSettings.of("local", folder.resolve("services")).withShownAs("services/"));
    return new SkiffConfig(
        SkiffConfig.Xds.at("127.0.0.1", xds),
        new AdminSettings("127.0.0.1", admin, List.of()),
        registries,
        List.of(
            FileSourceSettings.of("policies", folder.resolve("policies")).withShownAs("policies/")),
        new SkiffConfig.State.Folder(folder.resolve("state")),
        "skiff-system",
        startupTimeout,
        ScopeMode.ON_DEMAND,
        GuardSettings.DEFAULT);
  }

  /** Waits until {@code condition} holds. */
  public static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("waited in vain for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
