package dev.skiffmesh.e2e.scenarios.kubernetes;

import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.e2e.scenarios.Await;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;

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

  /** Writes objects as {@code kubectl apply} does; tries again while the server is not back. */
  void apply(String yaml) {
    for (HasMetadata object :
        client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).items()) {
      apply(object);
    }
  }

  void apply(HasMetadata object) {
    Await.value(
        BOUND,
        () -> {
          try {
            client.resource(object).forceConflicts().serverSideApply();
            return "written";
          } catch (KubernetesClientException e) {
            if (e.getCode() != 0 && e.getCode() < 500 && e.getCode() != 429) {
              throw e;
            }
            return String.valueOf(e.getMessage());
          }
        },
        "written"::equals);
  }

  void delete(HasMetadata object) {
    client.resource(object).withGracePeriod(0).delete();
  }

  @Override
  public void close() {
    client.close();
  }
}
