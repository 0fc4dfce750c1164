package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.SourceSettings;
import java.util.List;

/**
 * Which custom resources are read as policies. Immutable.
 *
 * @param cluster how the API server is reached, and which namespaces are read, by name
 * @param group of the resources: {@code skiffmesh.dev}
 * @param version of the resources: {@code v1alpha1}
 * @param kinds that are read
 * @param status whether and how status is written back
 */
public record KubernetesPolicySettings(
    KubernetesSettings cluster,
    String group,
    String version,
    List<CustomKind> kinds,
    StatusSettings status)
    implements SourceSettings {

  /** Refuses a selection by labels, with an {@link IllegalArgumentException}. */
  public KubernetesPolicySettings {
    kinds = List.copyOf(kinds);
    if (cluster.selection().needsNamespaces()) {
      throw new IllegalArgumentException(
          "`namespace-labels` cannot choose the namespaces of policies; name them in `namespaces`");
    }
  }

  @Override
  public String name() {
    return cluster.name();
  }

  @Override
  public Source source() {
    return new KubernetesPolicySource(this);
  }

  /** The same of other kinds. */
  public KubernetesPolicySettings withKinds(List<CustomKind> others) {
    return new KubernetesPolicySettings(cluster, group, version, others, status);
  }

  String definition(CustomKind kind) {
    return kind.plural() + "." + group;
  }

  /**
   * A kind of resources.
   *
   * @param kind as documents write it
   * @param plural as paths write it
   */
  public record CustomKind(String kind, String plural) {}

  /**
   * Writing status back.
   *
   * @param isWritten whether it is
   * @param leaseNamespace where the lease is that one of several replicas holds; that one writes
   */
  public record StatusSettings(boolean isWritten, String leaseNamespace) {}
}
