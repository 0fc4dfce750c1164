package dev.skiffmesh.e2e.scenarios.everywhere;

import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.e2e.scenarios.nacos.SharedNacos;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.reference.CustomResources;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One real store of each kind, and how people write a document to it. The etcd is the one that the
 * API server stands on, under a prefix of its own.
 */
final class PolicyStores implements AutoCloseable {

  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String PREFIX = "/skiff-everywhere/";

  private final Path files;
  private final KubeApiServer kubernetes;
  private final KubernetesClient cluster;
  private final Client etcd;
  private final NacosServer nacos;
  private final String namespace = SharedNacos.namespace();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** Where a document may be. */
  enum Store {
    FILE,
    ETCD,
    NACOS,
    KUBERNETES
  }

  /** Starts them; {@code folder} holds the files. */
  PolicyStores(Path folder) throws IOException {
    files = Files.createDirectory(folder.resolve("policies"));
    kubernetes = KubeApiServer.start();
    parts.push(kubernetes);
    cluster =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.empty())
                    .withMasterUrl(kubernetes.url())
                    .withCaCertFile(kubernetes.certificate().toString())
                    .withOauthToken(Files.readString(kubernetes.adminToken()))
                    .build())
            .build();
    parts.push(cluster);
    etcd = Client.builder().endpoints(kubernetes.etcd().endpoint()).build();
    parts.push(etcd);
    try {
      nacos = SharedNacos.open(NacosVersion.V3);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    for (String name : List.of("trading", "skiff-system")) {
      apply(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build());
    }
    for (PolicyKind<?> kind : PolicyKinds.ALL) {
      load(CustomResources.yaml(kind.descriptor()));
    }
  }

  KubernetesClient cluster() {
    return cluster;
  }

  /** The item of {@code policies} in {@code skiff.yaml} that reads the store. */
  String configuration(Store store) {
    return switch (store) {
      case FILE -> "{type: file, name: files, path: \"%s\"}".formatted(files);
      case ETCD ->
          "{type: etcd, name: etcd, endpoints: [\"%s\"], prefix: %s}"
              .formatted(kubernetes.etcd().endpoint(), PREFIX);
      case NACOS ->
          ("{type: nacos-config, name: nacos, server: \"%s\", namespace: %s,"
                  + " discovery-interval: 500ms}")
              .formatted(nacos.address(), namespace);
      case KUBERNETES ->
          "{type: kubernetes, name: cluster, server: \"%s\", token: \"%s\", ca: \"%s\"}"
              .formatted(kubernetes.url(), kubernetes.adminToken(), kubernetes.certificate());
    };
  }

  /** Writes one document. */
  void write(Store store, String name, String document) throws Exception {
    switch (store) {
      case FILE -> Files.writeString(files.resolve(name + ".yaml"), document);
      case ETCD -> etcd.getKVClient().put(key(name), bytes(document)).get(10, TimeUnit.SECONDS);
      case NACOS -> publish(name, document);
      case KUBERNETES -> load(document);
    }
  }

  /** Takes one document away. */
  void delete(Store store, String name, String document) throws Exception {
    switch (store) {
      case FILE -> Files.delete(files.resolve(name + ".yaml"));
      case ETCD -> etcd.getKVClient().delete(key(name)).get(10, TimeUnit.SECONDS);
      case NACOS ->
          http.send(
              HttpRequest.newBuilder(URI.create(admin() + "?" + naming(name))).DELETE().build(),
              HttpResponse.BodyHandlers.discarding());
      case KUBERNETES -> cluster.load(stream(document)).delete();
    }
  }

  private void publish(String name, String document) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(admin()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    naming(name)
                        + "&type=yaml&content="
                        + URLEncoder.encode(document, StandardCharsets.UTF_8)))
            .build();
    Await.until(
        BOUND,
        "a write to Nacos",
        () -> {
          try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
          } catch (IOException notYet) {
            return false;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
          }
        });
  }

  private String admin() {
    return "http://" + nacos.address() + "/nacos/v3/admin/cs/config";
  }

  private String naming(String name) {
    return "dataId=skiff." + name + ".yaml&groupName=DEFAULT_GROUP&namespaceId=" + namespace;
  }

  /** A definition that was just written takes a moment until its resources are taken. */
  private void load(String yaml) {
    cluster.load(stream(yaml)).items().forEach(this::apply);
  }

  private void apply(HasMetadata object) {
    Await.until(
        BOUND,
        "a write to Kubernetes",
        () -> {
          try {
            cluster.resource(object).forceConflicts().serverSideApply();
            return true;
          } catch (KubernetesClientException e) {
            if (e.getCode() == 404 || e.getCode() >= 500 || e.getCode() == 0) {
              return false;
            }
            throw e;
          }
        });
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ByteSequence key(String name) {
    return bytes(PREFIX + name);
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.close();
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("A part did not end", e);
      }
    }
  }
}
