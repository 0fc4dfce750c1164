package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.registry.core.Backoff;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster is read, and what of it. Immutable.
 *
 * @param name the source's name, unique among the sources
 * @param access how the API server is reached
 * @param selection which namespaces are read
 * @param timing how often and how long
 */
public record KubernetesSettings(String name, Access access, Selection selection, Timing timing) {

  /**
   * How the API server is reached: by a kubeconfig file; by address, token and CA; or, with
   * neither, as a pod does (service account) or as kubectl does (KUBECONFIG, {@code
   * ~/.kube/config}).
   *
   * @param kubeconfig a file; null for none
   * @param context of the kubeconfig; null for its current one
   * @param server the API server's URL; null for none
   * @param token a file with the bearer token, read again when it changes; null for none
   * @param certificateAuthority a PEM file; null for the system's
   */
  public record Access(
      @Nullable Path kubeconfig,
      @Nullable String context,
      @Nullable String server,
      @Nullable Path token,
      @Nullable Path certificateAuthority) {

    /** As a pod or as kubectl does. */
    public static final Access AUTOMATIC = new Access(null, null, null, null, null);

    /** Refuses two ways at once with an {@link IllegalArgumentException}. */
    public Access {
      if (kubeconfig != null && server != null) {
        throw new IllegalArgumentException(
            "`kubeconfig` and `server` must not stand together; a kubeconfig names its server");
      }
      if (server == null && (token != null || certificateAuthority != null)) {
        throw new IllegalArgumentException("`token` and `ca` must stand with `server`");
      }
      if (kubeconfig == null && context != null) {
        throw new IllegalArgumentException("`context` must stand with `kubeconfig`");
      }
    }
  }

  /**
   * How often and how long.
   *
   * @param check between two questions whether the API server still answers
   * @param answer how long an answer may take; the check's, and a page of a list's
   * @param retry after a failure
   */
  public record Timing(Duration check, Duration answer, Backoff retry) {

    /** Five seconds each, so that an API server that hangs is noticed within ten. */
    public static final Timing DEFAULT =
        new Timing(Duration.ofSeconds(5), Duration.ofSeconds(5), Backoff.DEFAULT);
  }
}
