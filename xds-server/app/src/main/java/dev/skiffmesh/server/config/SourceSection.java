package dev.skiffmesh.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An item of {@code registries} or {@code policies} in {@code skiff.yaml}. Its components are its
 * keys; reader, printer and reference page need nothing else of it. A new one is a record here and
 * a line in {@link ConfigReader}.
 */
sealed interface SourceSection {

  /** Its name, unique among all sources; null where the file may leave it to its place. */
  @Nullable String name();

  /** A source of services. */
  sealed interface OfServices extends SourceSection
      permits ConfigSchema.FileRegistry,
          ConfigSchema.NacosRegistry,
          ConsulSection,
          EtcdSection,
          EurekaSection,
          KubernetesSection,
          ZooKeeperSection {

    /**
     * What is in force.
     *
     * @param folder what relative paths are relative to
     * @throws IllegalArgumentException with a message for the user, if it cannot be used
     */
    SkiffConfig.RegistrySource registry(Path folder);
  }

  /** A source of policies. */
  sealed interface OfPolicies extends SourceSection
      permits ConfigSchema.FilePolicies,
          EtcdSection,
          KubernetesPoliciesSection,
          NacosConfigSection {

    /**
     * What is in force.
     *
     * @param folder what relative paths are relative to
     * @throws IllegalArgumentException with a message for the user, if it cannot be used
     */
    SkiffConfig.PolicySource policies(Path folder);
  }
}
