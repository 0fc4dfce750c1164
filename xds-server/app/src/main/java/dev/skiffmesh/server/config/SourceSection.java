package dev.skiffmesh.server.config;

import dev.skiffmesh.registry.core.SourceSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An item of {@code registries} or {@code policies} in {@code skiff.yaml}. Its components are its
 * keys, its {@link SourceType} is its word; reader, printer, reference page and server need nothing
 * else of it. A new one is a record and its line in one of the lists here.
 */
sealed interface SourceSection {

  /** Its name, unique among all sources; null where the file may leave it to its place. */
  @Nullable String name();

  /**
   * What is in force.
   *
   * @param folder what relative paths are relative to
   * @throws IllegalArgumentException with a message for the user, if it cannot be used
   */
  SourceSettings settings(Path folder);

  /** A source of services. */
  sealed interface OfServices extends SourceSection
      permits ConfigSchema.FileRegistry,
          ConfigSchema.NacosRegistry,
          ConsulSection,
          EtcdSection,
          EurekaSection,
          KubernetesSection,
          ZooKeeperSection {}

  /** A source of policies. */
  sealed interface OfPolicies extends SourceSection
      permits ConfigSchema.FilePolicies,
          EtcdSection,
          KubernetesPoliciesSection,
          NacosConfigSection {}
}
