package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.registry.kubernetes.KubernetesSettings;
import dev.skiffmesh.registry.kubernetes.Selection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A Kubernetes cluster in {@code skiff.yaml}. */
@Description("Services of a Kubernetes cluster.")
@SourceType("kubernetes")
record KubernetesSection(
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
    @Spelled("namespace-labels")
        @Description("Which namespaces are read: those that have all of these labels.")
        @MaxItems(64)
        @MaxLength(63)
        Map<String, String> namespaceLabels)
    implements SourceSection.OfServices {

  @Override
  public KubernetesSettings settings(Path folder) {
    return new KubernetesSettings(
        name,
        new KubernetesSettings.Access(
            resolved(folder, kubeconfig),
            context,
            server,
            resolved(folder, token),
            resolved(folder, ca)),
        new Selection(new TreeSet<>(namespaces), new TreeMap<>(namespaceLabels)),
        KubernetesSettings.Timing.DEFAULT);
  }

  private static @Nullable Path resolved(Path folder, @Nullable String path) {
    return path == null ? null : folder.resolve(path);
  }
}
