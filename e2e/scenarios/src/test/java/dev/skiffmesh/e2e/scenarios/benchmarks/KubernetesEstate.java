package dev.skiffmesh.e2e.scenarios.benchmarks;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.registry.kubernetes.KubernetesSettings;
import dev.skiffmesh.registry.kubernetes.KubernetesSource;
import dev.skiffmesh.registry.kubernetes.Selection;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Real objects in a real API server: Services, EndpointSlices and Pods. */
final class KubernetesEstate implements Estate {

  private static final int NAMESPACES = 20;
  private static final int WRITERS = 16;

  private final KubeApiServer server = KubeApiServer.start();
  private final KubernetesClient client;
  private final int instances;
  private final BitSet notReady = new BitSet();

  private KubernetesEstate(int instances) throws IOException {
    this.instances = instances;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.empty())
                    .withMasterUrl(server.url())
                    .withCaCertFile(server.certificate().toString())
                    .withOauthToken(Files.readString(server.adminToken()))
                    .withMaxConcurrentRequests(WRITERS)
                    .withMaxConcurrentRequestsPerHost(WRITERS)
                    .build())
            .build();
  }

  /** One with so many services; takes some minutes. */
  static KubernetesEstate of(int services, int instances)
      throws IOException, InterruptedException, ExecutionException {
    KubernetesEstate estate = new KubernetesEstate(instances);
    for (int i = 0; i < NAMESPACES; i++) {
      estate.create(
          new NamespaceBuilder().withNewMetadata().withName(namespace(i)).endMetadata().build());
    }
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<?>> written = new ArrayList<>();
      for (int i = 0; i < services; i++) {
        int service = i;
        written.add(writers.submit(() -> estate.write(service)));
      }
      for (Future<?> one : written) {
        one.get();
      }
    }
    return estate;
  }

  private static String namespace(int service) {
    return "team-" + service % NAMESPACES;
  }

  private static String name(int service) {
    return "service-" + service;
  }

  private void create(HasMetadata object) {
    client.resource(object).create();
  }

  private void write(int service) {
    create(
        new ServiceBuilder()
            .withNewMetadata()
            .withName(name(service))
            .withNamespace(namespace(service))
            .endMetadata()
            .withNewSpec()
            .addNewPort()
            .withName("http")
            .withPort(80)
            .endPort()
            .endSpec()
            .build());
    for (int i = 0; i < instances; i++) {
      create(
          new PodBuilder()
              .withNewMetadata()
              .withName(name(service) + "-" + i)
              .withNamespace(namespace(service))
              .addToLabels("app", name(service))
              .addToLabels("version", i % 4 == 0 ? "v2" : "v1")
              .addToLabels("pod-template-hash", "7d4b9c8f6")
              .endMetadata()
              .withNewSpec()
              .addNewContainer()
              .withName("main")
              .withImage("none")
              .endContainer()
              .endSpec()
              .build());
    }
    create(slice(service, true));
  }

  private EndpointSlice slice(int service, boolean ready) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      int number = service * instances + i;
      endpoints.add(
          new EndpointBuilder()
              .withAddresses(
                  "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255))
              .withNewConditions()
              .withReady(i > 0 || ready)
              .endConditions()
              .withZone("zone-" + i % 3)
              .withNewTargetRef()
              .withKind("Pod")
              .withNamespace(namespace(service))
              .withName(name(service) + "-" + i)
              .endTargetRef()
              .build());
    }
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withName(name(service) + "-1")
        .withNamespace(namespace(service))
        .addToLabels("kubernetes.io/service-name", name(service))
        .endMetadata()
        .withAddressType("IPv4")
        .addNewPort()
        .withName("http")
        .withPort(8080)
        .withProtocol("TCP")
        .endPort()
        .withEndpoints(endpoints)
        .build();
  }

  @Override
  public Source source() {
    return new KubernetesSource(
        new KubernetesSettings(
            "cluster",
            new KubernetesSettings.Access(
                null, null, server.url(), server.adminToken(), server.certificate()),
            new Selection(new TreeSet<>(), new TreeMap<>()),
            KubernetesSettings.Timing.DEFAULT));
  }

  @Override
  public String cluster(int service) {
    return name(service) + "." + namespace(service) + "|http";
  }

  @Override
  public void change(int service) {
    boolean ready = notReady.get(service);
    notReady.flip(service);
    client.resource(slice(service, ready)).update();
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
