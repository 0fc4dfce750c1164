package dev.skiffmesh.server.config;

import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.registry.consul.ConsulSettings;
import dev.skiffmesh.registry.etcd.EtcdSettings;
import dev.skiffmesh.registry.eureka.EurekaSettings;
import dev.skiffmesh.registry.kubernetes.KubernetesSettings;
import dev.skiffmesh.registry.nacos.NacosPolicySettings;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.registry.zookeeper.ZooKeeperSettings;
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
    List<RegistrySource> registries,
    List<PolicySource> policies,
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

  /** A source of services. */
  public sealed interface RegistrySource {
    /** The configured name, unique among the sources. */
    String name();
  }

  /**
   * Services in YAML files.
   *
   * @param path a file or a folder
   * @param shown as it was written
   */
  public record FileRegistry(String name, Path path, String shown) implements RegistrySource {}

  /** Services in Nacos. */
  public record NacosRegistry(NacosSettings settings) implements RegistrySource {
    @Override
    public String name() {
      return settings.name();
    }
  }

  /** Services of a Kubernetes cluster. */
  public record KubernetesRegistry(KubernetesSettings settings) implements RegistrySource {
    @Override
    public String name() {
      return settings.name();
    }
  }

  /** Services in ZooKeeper. */
  public record ZooKeeperRegistry(ZooKeeperSettings settings) implements RegistrySource {
    @Override
    public String name() {
      return settings.name();
    }
  }

  /** Services in Eureka. */
  public record EurekaRegistry(EurekaSettings settings) implements RegistrySource {
    @Override
    public String name() {
      return settings.name();
    }
  }

  /** Services in Consul. */
  public record ConsulRegistry(ConsulSettings settings) implements RegistrySource {
    @Override
    public String name() {
      return settings.name();
    }
  }

  /** Services, and policies, in etcd. */
  public record EtcdRegistry(EtcdSettings settings) implements RegistrySource {
    @Override
    public String name() {
      return settings.name();
    }
  }

  /** A source of policies. */
  public sealed interface PolicySource {
    /** The configured name, unique among the sources. */
    String name();
  }

  /**
   * Policies in YAML files.
   *
   * @param name unique among the sources
   * @param path a file or a folder
   * @param shown as it was written
   */
  public record FilePolicies(String name, Path path, String shown) implements PolicySource {}

  /**
   * Policies as custom resources.
   *
   * @param cluster where they are
   * @param status whether status is written back
   * @param leaseNamespace where the lease of the writing replica is
   */
  public record KubernetesPolicies(
      KubernetesSettings cluster, boolean status, String leaseNamespace) implements PolicySource {
    @Override
    public String name() {
      return cluster.name();
    }
  }

  /** Policies in Nacos's configuration. */
  public record NacosPolicies(NacosPolicySettings settings) implements PolicySource {
    @Override
    public String name() {
      return settings.name();
    }
  }

  /** Policies, and services, in etcd. */
  public record EtcdPolicies(EtcdSettings settings) implements PolicySource {
    @Override
    public String name() {
      return settings.name();
    }
  }
}
