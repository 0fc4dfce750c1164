package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.core.ServerAddress;
import dev.skiffmesh.registry.core.SourceSettings;
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
public record KubernetesSettings(String name, Access access, Selection selection, Timing timing)
    implements SourceSettings {

  @Override
  public Source source() {
    return new KubernetesSource(this);
  }

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
      if (server != null) {
        ServerAddress.requireNoLogin("server", server, "`token`");
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
   * @param answer how long the check's answer may take, and the beginning of any other
   * @param page how long a page of a list may take as a whole, over whatever network
   * @param silence how long a watch may say nothing, not even a bookmark
   * @param retry after a failure
   */
  public record Timing(
      Duration check, Duration answer, Duration page, Duration silence, Backoff retry) {

    /** An API server that hangs is noticed within ten seconds. */
    public static final Timing DEFAULT =
        new Timing(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1),
            Duration.ofMinutes(3),
            Backoff.DEFAULT);

    /** The same with another pace. */
    public Timing paced(Duration newCheck, Duration newAnswer, Backoff newRetry) {
      return new Timing(newCheck, newAnswer, page, silence, newRetry);
    }
  }
}
