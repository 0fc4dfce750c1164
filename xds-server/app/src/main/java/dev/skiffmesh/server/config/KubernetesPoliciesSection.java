package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySettings;
import dev.skiffmesh.translator.reference.CustomResources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Policies as custom resources of a Kubernetes cluster, in {@code skiff.yaml}. */
@Description("Policies as custom resources of a Kubernetes cluster.")
@SourceType("kubernetes")
record KubernetesPoliciesSection(
    @Description("The word 'kubernetes'.") String type,
    @Description("Unique among registries and policies; metrics and findings show it.")
        @MaxLength(63)
        @Matches(value = ConfigSchema.NAME, meaning = ConfigSchema.NAME_MEANING)
        String name,
    @Description(
            "A kubeconfig file. Without it and `server`, what a pod finds in itself (service"
                + " account), else what kubectl finds.")
        @MaxLength(4096)
        @Nullable String kubeconfig,
    @Description("A context of the kubeconfig; its current one if absent.") @MaxLength(253)
        @Nullable String context,
    @Description("The API server's URL, in place of a kubeconfig.") @MaxLength(4096)
        @Nullable String server,
    @Description("A file with the bearer token for `server`, read again when it changes.")
        @MaxLength(4096)
        @Nullable String token,
    @Description("A PEM file with the authority of the `server`; the system's if absent.")
        @MaxLength(4096)
        @Nullable String ca,
    @Description("Which namespaces are read, by name; all if absent.") @MaxItems(256)
        List<String> namespaces,
    @Description("Whether status is written back to the resources.") @Default("true")
        boolean status,
    @Spelled("lease-namespace")
        @Description("Where the lease is that one of several replicas holds; that one writes.")
        @Default("skiff-system")
        @Matches(value = ConfigSchema.DNS_LABEL, meaning = "a DNS label")
        String leaseNamespace)
    implements SourceSection.OfPolicies {

  /** Of no kinds; whoever starts the source knows them. */
  @Override
  public KubernetesPolicySettings settings(Path folder) {
    KubernetesSection cluster =
        new KubernetesSection(
            type, name, kubeconfig, context, server, token, ca, namespaces, Map.of());
    return new KubernetesPolicySettings(
        cluster.settings(folder),
        CustomResources.GROUP,
        CustomResources.VERSION,
        List.of(),
        new KubernetesPolicySettings.StatusSettings(status, leaseNamespace));
  }
}
