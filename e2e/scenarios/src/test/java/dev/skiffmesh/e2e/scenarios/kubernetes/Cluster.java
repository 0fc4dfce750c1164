package dev.skiffmesh.e2e.scenarios.kubernetes;

import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.translator.reference.CustomResources;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Who writes what controllers and users would: a client with all rights. */
final class Cluster implements AutoCloseable {

  private static final Duration BOUND = Duration.ofSeconds(60);

  private final KubernetesClient client;

  Cluster(KubeApiServer server) {
    this.client = new KubernetesClientBuilder().withConfig(config(server)).build();
  }

  private static Config config(KubeApiServer server) {
    try {
      return new ConfigBuilder(Config.empty())
          .withMasterUrl(server.url())
          .withCaCertFile(server.certificate().toString())
          .withOauthToken(Files.readString(server.adminToken()))
          .withRequestTimeout(5_000)
          .withRequestRetryBackoffLimit(0)
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  KubernetesClient client() {
    return client;
  }

  /**
   * Writes objects as {@code kubectl apply} does; tries again while the server is not back, or does
   * not serve a kind yet whose definition it has just been given.
   */
  void apply(String yaml) {
    AtomicReference<List<HasMetadata>> objects = new AtomicReference<>(List.of());
    insist(
        () ->
            objects.set(
                client
                    .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                    .items()));
    objects.get().forEach(this::apply);
  }

  void apply(HasMetadata object) {
    insist(() -> client.resource(object).forceConflicts().serverSideApply());
  }

  private static void insist(Runnable request) {
    Await.value(
        BOUND,
        () -> {
          try {
            request.run();
            return "done";
          } catch (KubernetesClientException e) {
            if (e.getCode() >= 400 && e.getCode() < 500 && e.getCode() != 429) {
              throw e;
            }
            return String.valueOf(e.getMessage());
          }
        },
        "done"::equals);
  }

  /** A TimeoutPolicy of namespace {@code trading}; null if there is none. */
  @Nullable GenericKubernetesResource timeoutPolicy(String name) {
    return client
        .genericKubernetesResources(
            new ResourceDefinitionContext.Builder()
                .withGroup(CustomResources.GROUP)
                .withVersion(CustomResources.VERSION)
                .withKind("TimeoutPolicy")
                .withPlural("timeoutpolicies")
                .withNamespaced(true)
                .build())
        .inNamespace("trading")
        .withName(name)
        .get();
  }

  void delete(HasMetadata object) {
    client.resource(object).withGracePeriod(0).delete();
  }

  @Override
  public void close() {
    client.close();
  }
}
