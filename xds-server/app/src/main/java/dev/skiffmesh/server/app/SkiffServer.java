package dev.skiffmesh.server.app;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.source.StatusKeeper;
import dev.skiffmesh.registry.core.SourceSettings;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySettings;
import dev.skiffmesh.server.admin.AdminServer;
import dev.skiffmesh.server.admin.MeshMetrics;
import dev.skiffmesh.server.admin.SkiffVersion;
import dev.skiffmesh.server.config.SkiffConfig;
import dev.skiffmesh.server.control.ConfiguredSource;
import dev.skiffmesh.server.control.ControlGate;
import dev.skiffmesh.server.control.ControlSettings;
import dev.skiffmesh.server.control.ControlThreads;
import dev.skiffmesh.server.control.Translations;
import dev.skiffmesh.server.csds.ClientStatusService;
import dev.skiffmesh.server.delivery.DeliveryRules;
import dev.skiffmesh.server.delivery.StreamRegistry;
import dev.skiffmesh.server.delivery.XdsServer;
import dev.skiffmesh.server.delivery.XdsServerSettings;
import dev.skiffmesh.server.state.NoState;
import dev.skiffmesh.server.state.StateFolder;
import dev.skiffmesh.server.state.StateStore;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.SourceRole;
import dev.skiffmesh.server.usage.LoadReports;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole control plane in this process: sources, control loop, translator, stream engine and admin
 * port, wired here and nowhere else.
 */
public final class SkiffServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SkiffServer.class);

  /** Streams are ended spread over this time, so that proxies do not all reconnect at once. */
  private static final Duration STOP_WITHIN = Duration.ofSeconds(3);

  /** What was started, the newest first: the order in which it is stopped. */
  private final Deque<AutoCloseable> parts;

  private final ControlGate loop;
  private final StreamRegistry streams;
  private final XdsServer xds;
  private final AdminServer admin;
  private final Translator translator;
  private final List<StatusKeeper> keepers;

  private SkiffServer(
      SkiffConfig config,
      List<PolicyKind<?>> kinds,
      List<ConfiguredSource> more,
      Deque<AutoCloseable> parts)
      throws IOException {
    this.parts = parts;
    MeshMetrics metrics = new MeshMetrics();
    parts.push(metrics);
    this.translator = new Translator(config.rootNamespace(), kinds, config.scope());
    StateStore state =
        switch (config.state()) {
          case SkiffConfig.State.Folder(Path path) -> StateFolder.open(path);
          case SkiffConfig.State.None() -> new NoState();
        };
    parts.push(state);
    ControlThreads threads =
        ControlThreads.start(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
    parts.push(threads);
    List<ConfiguredSource> all =
        Stream.concat(sources(config, kinds).stream(), more.stream()).toList();
    this.keepers =
        all.stream()
            .map(ConfiguredSource::source)
            .filter(StatusKeeper.class::isInstance)
            .map(StatusKeeper.class::cast)
            .toList();
    this.loop =
        new ControlGate(
            all,
            Translations.by(translator),
            state,
            Clock.systemUTC(),
            threads,
            ControlSettings.DEFAULT
                .withStartupTimeout(config.startupTimeout())
                .withGuard(config.guard()),
            metrics.control());
    ExecutorService workers =
        Executors.newFixedThreadPool(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            Thread.ofPlatform().name("skiff-xds-", 0).daemon().factory());
    parts.push(workers::shutdownNow);
    this.streams =
        new StreamRegistry(
            DeliveryRules.of(
                name -> translator.assignment(name, EndpointSet.EMPTY),
                DeliveryRules.VIRTUAL_HOSTS_PER_RESPONSE),
            loop,
            metrics.delivery(),
            config.xds().limits(),
            workers,
            Clock.systemUTC());
    ClientStatusService status = new ClientStatusService(streams, config.xds().clientStatus());
    parts.push(status);
    LoadReports reports =
        new LoadReports(
            config.xds().loadReportInterval(),
            (proxy, services) -> {
              metrics.loadReported();
              loop.used(proxy, services);
            });
    SkiffConfig.Listen at = config.xds().listen();
    this.xds =
        new XdsServer(
            XdsServerSettings.at(at.host(), at.port())
                .withConnectionAge(config.xds().connectionAge()),
            streams,
            Stream.concat(status.services().stream(), Stream.of(reports.bindService())).toList());
    metrics.countPolicies(loop::report);
    metrics.watch(loop.vitals());
    this.admin = new AdminServer(config.admin(), loop, streams, metrics.registry());
  }

  /**
   * Starts a control plane with all policy kinds; returns when both ports listen, which may be
   * before the sources have answered (see {@link MeshReport#readiness}).
   *
   * @throws IOException with a message for the user: a port is taken, the state folder is in use
   */
  public static SkiffServer start(SkiffConfig config) throws IOException {
    return start(config, PolicyKinds.ALL);
  }

  /**
   * The same with some policy kinds.
   *
   * @param kinds in the order in which they are applied
   */
  public static SkiffServer start(SkiffConfig config, List<PolicyKind<?>> kinds)
      throws IOException {
    return start(config, kinds, List.of());
  }

  /**
   * The same with sources that no configuration can name, for who embeds a control plane.
   *
   * @param more not yet started; they come after those of {@code config}, and the loop closes them
   */
  public static SkiffServer start(
      SkiffConfig config, List<PolicyKind<?>> kinds, List<ConfiguredSource> more)
      throws IOException {
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      SkiffServer server = new SkiffServer(config, kinds, more, parts);
      server.begin(config);
      return server;
    } catch (IOException | RuntimeException e) {
      close(parts);
      throw e;
    }
  }

  private void begin(SkiffConfig config) throws IOException {
    loop.start(streams, streams);
    parts.push(loop);
    parts.push(StatusPublisher.start(loop::report, keepers, loop.vitals()));
    SkiffConfig.Listen proxies = config.xds().listen();
    listen("xds", proxies.host(), proxies.port(), xds::start);
    parts.push(() -> xds.stop(STOP_WITHIN));
    listen("admin", config.admin().host(), config.admin().port(), admin::start);
    parts.push(admin);
    LOG.atInfo()
        .addKeyValue("version", SkiffVersion.TEXT)
        .addKeyValue("xds", proxies.host() + ":" + xdsPort())
        .addKeyValue("admin", "http://" + config.admin().host() + ":" + adminPort())
        .log("Skiff is listening");
  }

  private interface Start {
    void run() throws IOException;
  }

  private static void listen(String key, String host, int port, Start start) throws IOException {
    try {
      start.run();
    } catch (IOException e) {
      throw new IOException(
          "`%s` must be an address and port that nobody listens on, found %s:%d: %s"
              .formatted(key, host, port, e.getMessage()),
          e);
    }
  }

  /** The port that proxies connect to. */
  public int xdsPort() {
    return xds.port();
  }

  /** The port of the HTTP API. */
  public int adminPort() {
    return admin.port();
  }

  /** The newest report. */
  public MeshReport report() {
    return loop.report();
  }

  /** What the engine knows of its streams. */
  public StreamRegistry streams() {
    return streams;
  }

  /** Stops everything in the reverse order of its start; proxies are told to go elsewhere. */
  @Override
  public void close() {
    close(parts);
  }

  private static void close(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.atWarn().setCause(e).log("A part did not stop cleanly");
      }
    }
  }

  private static List<ConfiguredSource> sources(SkiffConfig config, List<PolicyKind<?>> kinds) {
    List<ConfiguredSource> sources = new ArrayList<>();
    for (SourceSettings registry : config.registries()) {
      sources.add(
          new ConfiguredSource(registry.source(), new TreeSet<>(List.of(SourceRole.REGISTRY))));
    }
    for (SourceSettings policies : config.policies()) {
      // Custom resources alone are asked for by their kinds.
      SourceSettings known =
          policies instanceof KubernetesPolicySettings cluster
              ? cluster.withKinds(customKinds(kinds))
              : policies;
      sources.add(
          new ConfiguredSource(known.source(), new TreeSet<>(List.of(SourceRole.POLICIES))));
    }
    return sources;
  }

  private static List<KubernetesPolicySettings.CustomKind> customKinds(List<PolicyKind<?>> kinds) {
    return kinds.stream()
        .map(PolicyKind::descriptor)
        .map(kind -> new KubernetesPolicySettings.CustomKind(kind.kind(), kind.plural()))
        .toList();
  }
}
