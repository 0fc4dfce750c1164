package dev.skiffmesh.e2e.scenarios.kubernetes;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.kubernetes.KubernetesSettings;
import dev.skiffmesh.registry.kubernetes.KubernetesSource;
import dev.skiffmesh.registry.kubernetes.Selection;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A cluster whose controllers are this class: a Service, a slice for each port number of its
 * instances (a slice has one), and a pod for each instance with labels.
 */
final class RealKubernetes implements TestingRegistry {

  private static final String NAMESPACE = "default";

  private final KubeApiServer server;
  private final @Nullable CuttableLink link;
  private final Cluster cluster;
  private final Map<String, Map<String, Instance>> instances = new TreeMap<>();
  private final Set<String> slices = new HashSet<>();
  private int touched;

  RealKubernetes(KubeApiServer server) {
    this(server, null);
  }

  /** The same, read through a network that may fail; it is written past it. */
  RealKubernetes(KubeApiServer server, @Nullable CuttableLink link) {
    this.server = server;
    this.link = link;
    this.cluster = new Cluster(server);
  }

  static KubernetesSettings settings(KubeApiServer server, Path token, Selection selection) {
    return new KubernetesSettings(
        "cluster",
        new KubernetesSettings.Access(null, null, server.url(), token, server.certificate()),
        selection,
        KubernetesSettings.Timing.DEFAULT);
  }

  @Override
  public void put(List<Instance> added) {
    Set<String> services = new TreeSet<>();
    for (Instance instance : added) {
      services.add(instance.service());
      instances
          .computeIfAbsent(instance.service(), _ -> new LinkedHashMap<>())
          .put(instance.address(), instance);
    }
    services.forEach(this::write);
  }

  @Override
  public void remove(Instance instance) {
    instances.getOrDefault(instance.service(), new TreeMap<>()).remove(instance.address());
    write(instance.service());
  }

  private void write(String service) {
    if (slices.add(service)) {
      cluster.apply(
          new ServiceBuilder()
              .withNewMetadata()
              .withName(service)
              .withNamespace(NAMESPACE)
              .endMetadata()
              .withNewSpec()
              .addNewPort()
              .withName("http")
              .withPort(80)
              .endPort()
              .endSpec()
              .build());
    }
    Map<Integer, List<Instance>> byPort = new TreeMap<>();
    for (Instance instance : instances.getOrDefault(service, new TreeMap<>()).values()) {
      if (instance.enabled()) {
        byPort.computeIfAbsent(instance.port(), _ -> new ArrayList<>()).add(instance);
      }
      if (!instance.labels().isEmpty()) {
        cluster.apply(
            new PodBuilder()
                .withNewMetadata()
                .withName(pod(instance))
                .withNamespace(NAMESPACE)
                .withLabels(instance.labels())
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("none")
                .endContainer()
                .endSpec()
                .build());
      }
    }
    byPort.forEach(
        (port, of) -> {
          slices.add(service + "-" + port);
          cluster.apply(slice(service, port, of));
        });
    slices.stream()
        .filter(name -> name.startsWith(service + "-"))
        .filter(
            name ->
                name.matches(".*-[0-9]+")
                    && !byPort.containsKey(
                        Integer.parseInt(name.substring(name.lastIndexOf('-') + 1))))
        .forEach(
            name ->
                cluster.apply(
                    slice(
                        service,
                        Integer.parseInt(name.substring(name.lastIndexOf('-') + 1)),
                        List.of())));
  }

  private EndpointSlice slice(String service, int port, List<Instance> of) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withName(service + "-" + port)
        .withNamespace(NAMESPACE)
        .addToLabels("kubernetes.io/service-name", service)
        .addToAnnotations("touched", String.valueOf(touched))
        .endMetadata()
        .withAddressType("IPv4")
        .addNewPort()
        .withName("http")
        .withPort(port)
        .withProtocol("TCP")
        .endPort()
        .withEndpoints(
            of.stream()
                .map(
                    instance -> {
                      EndpointBuilder endpoint =
                          new EndpointBuilder()
                              .withAddresses(instance.address())
                              .withNewConditions()
                              .withReady(instance.healthy())
                              .endConditions();
                      if (!instance.labels().isEmpty()) {
                        endpoint
                            .withNewTargetRef()
                            .withKind("Pod")
                            .withNamespace(NAMESPACE)
                            .withName(pod(instance))
                            .endTargetRef();
                      }
                      return endpoint.build();
                    })
                .toList())
        .build();
  }

  private static String pod(Instance instance) {
    return instance.service() + "-" + instance.address().replace('.', '-');
  }

  @Override
  public void putMalformed(String service) {
    cluster.apply(malformed(service));
  }

  @Override
  public void removeMalformed(String service) {
    cluster.delete(malformed(service));
  }

  private static EndpointSlice malformed(String service) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withName(service + "-elsewhere")
        .withNamespace(NAMESPACE)
        .addToLabels("kubernetes.io/service-name", service)
        .endMetadata()
        .withAddressType("FQDN")
        .addNewEndpoint()
        .withAddresses("order.example.com")
        .endEndpoint()
        .build();
  }

  @Override
  public void touch() {
    touched++;
    instances.keySet().forEach(this::write);
  }

  @Override
  public void lose() {
    if (link != null) {
      link.cut();
      return;
    }
    server.kill();
  }

  @Override
  public void restore() {
    if (link != null) {
      link.mend();
      return;
    }
    server.restart();
  }

  @Override
  public Source source() {
    KubernetesSettings direct =
        settings(server, server.adminToken(), new Selection(new TreeSet<>(), new TreeMap<>()));
    return new KubernetesSource(
        link == null
            ? direct
            : new KubernetesSettings(
                direct.name(),
                new KubernetesSettings.Access(
                    null,
                    null,
                    "https://127.0.0.1:" + link.port(),
                    server.adminToken(),
                    server.certificate()),
                direct.selection(),
                KubernetesSettings.Timing.DEFAULT.paced(
                    Duration.ofMillis(500), Duration.ofSeconds(3), Backoff.DEFAULT)));
  }

  @Override
  public void close() {
    for (String service : instances.keySet()) {
      cluster.client().services().inNamespace(NAMESPACE).withName(service).delete();
      cluster
          .client()
          .discovery()
          .v1()
          .endpointSlices()
          .inNamespace(NAMESPACE)
          .withLabel("kubernetes.io/service-name", service)
          .delete();
    }
    cluster.close();
  }
}
