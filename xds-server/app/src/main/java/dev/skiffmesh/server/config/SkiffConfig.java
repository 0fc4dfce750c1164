package dev.skiffmesh.server.config;

import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.registry.core.SourceSettings;
import dev.skiffmesh.server.admin.AdminSettings;
import dev.skiffmesh.server.csds.ClientStatusAccess;
import dev.skiffmesh.server.delivery.DeliverySettings;
import dev.skiffmesh.server.guard.GuardSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The configuration in force.
 *
 * @param xds where and how proxies connect
 * @param admin where people, scrapers and the command line connect
 * @param registries sources of services, in order of priority
 * @param policies sources of policies, in order of priority
 * @param state where what must survive a restart is kept
 * @param rootNamespace only policies from here may target the whole mesh
 * @param startupTimeout after this the state folder stands in for sources that have not answered
 * @param scope what a proxy is sent
 * @param guard when a registry is doubted
 */
public record SkiffConfig(
    Xds xds,
    AdminSettings admin,
    List<SourceSettings> registries,
    List<SourceSettings> policies,
    State state,
    String rootNamespace,
    Duration startupTimeout,
    ScopeMode scope,
    GuardSettings guard) {

  /** Copies the lists. */
  public SkiffConfig {
    registries = List.copyOf(registries);
    policies = List.copyOf(policies);
  }

  /** Where what must survive a restart is kept. */
  public sealed interface State {
    /** In a folder that this process alone uses. */
    record Folder(Path path) implements State {}

    /** Nowhere. */
    record None() implements State {}
  }

  /**
   * A port.
   *
   * @param host an address or a host name of this machine
   * @param port 0 for any free one
   */
  public record Listen(String host, int port) {}

  /**
   * The port of the proxies.
   *
   * @param listen where it is
   * @param clientStatus who may read what all proxies have
   * @param loadReportInterval how often a proxy says which services it has called
   * @param connectionAge after which a connection is asked to come again
   * @param limits how many streams are let in
   */
  public record Xds(
      Listen listen,
      ClientStatusAccess clientStatus,
      Duration loadReportInterval,
      Duration connectionAge,
      DeliverySettings limits) {

    /** The defaults, on that address. */
    public static Xds at(String host, int port) {
      return new Xds(
          new Listen(host, port),
          ClientStatusAccess.LOOPBACK,
          Duration.ofMinutes(10),
          Duration.ofMinutes(30),
          DeliverySettings.DEFAULTS);
    }
  }
}
