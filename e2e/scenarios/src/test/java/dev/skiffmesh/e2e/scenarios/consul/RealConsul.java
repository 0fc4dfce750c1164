package dev.skiffmesh.e2e.scenarios.consul;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.ConsulAgent;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.registry.consul.ConsulSettings;
import dev.skiffmesh.registry.consul.ConsulSource;
import dev.skiffmesh.registry.core.TestingRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** A shared Consul agent behind a link of its own, whose catalog is written as external nodes. */
final class RealConsul implements TestingRegistry, AutoCloseable {

  private final String node = "node-" + UUID.randomUUID().toString().substring(0, 8);
  private final String url;
  private final CuttableLink link;
  private final String token;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Instance> instances = new TreeMap<>();

  RealConsul(ConsulAgent agent) {
    this(agent, Duration.ZERO, "");
  }

  /**
   * The same behind a slow link.
   *
   * @param latency in each direction
   * @param token who writes; empty where everybody may
   */
  RealConsul(ConsulAgent agent, Duration latency, String token) {
    this(agent.url(), agent.port(), latency, token);
  }

  /** The same on an agent that somebody else runs on this machine. */
  RealConsul(String url, int port, Duration latency, String token) {
    this.url = url;
    this.token = token;
    this.link = CuttableLink.to(port);
    if (!latency.isZero()) {
      link.delay(latency);
    }
  }

  CuttableLink link() {
    return link;
  }

  ConsulSettings settings() {
    return ConsulSettings.of("consul", "http://127.0.0.1:" + link.port())
        .withTiming(
            new ConsulSettings.Timing(
                Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofSeconds(20)));
  }

  @Override
  public Source source() {
    return new ConsulSource(settings());
  }

  @Override
  public void put(List<Instance> all) throws IOException, InterruptedException {
    for (Instance instance : all) {
      Instance before = instances.put(id(instance), instance);
      if (!instance.equals(before)) {
        register(
            instance.service(),
            id(instance),
            instance.address(),
            instance.port(),
            instance.healthy() ? "passing" : "critical",
            meta(instance));
        boolean wasEnabled = before == null || before.enabled();
        if (wasEnabled != instance.enabled()) {
          maintain(instance);
        }
      }
    }
  }

  /** As {@code consul maint -service} does. */
  private void maintain(Instance instance) throws IOException, InterruptedException {
    String check = "_service_maintenance:" + id(instance);
    if (instance.enabled()) {
      ask("/v1/catalog/deregister", "{\"Node\":\"%s\",\"CheckID\":\"%s\"}".formatted(node, check));
    } else {
      ask(
          "/v1/catalog/register",
          """
          {"Node":"%s","Address":"10.9.9.9","SkipNodeUpdate":true,"Check":{"Node":"%s",
          "CheckID":"%s","Name":"maintenance","Status":"critical","ServiceID":"%s"}}
          """
              .formatted(node, node, check, id(instance)));
    }
  }

  void register(String service, String id, String address, int port, String status, String meta)
      throws IOException, InterruptedException {
    ask(
        "/v1/catalog/register",
        """
        {"Node":"%1$s","Address":"10.9.9.9","Service":{"ID":"%2$s","Service":"%3$s",
        "Address":"%4$s","Port":%5$d,"Tags":["secure=false","blue"],"Meta":{%7$s}},
        "Check":{"Node":"%1$s","CheckID":"service:%2$s","Name":"alive","Status":"%6$s",
        "ServiceID":"%2$s"}}
        """
            .formatted(node, id, service, address, port, status, meta));
  }

  /** Any document of {@code /v1/catalog/register}, where NODE stands for this test's node. */
  void register(String document) throws IOException, InterruptedException {
    ask("/v1/catalog/register", document.replace("NODE", node));
  }

  @Override
  public void remove(Instance instance) throws IOException, InterruptedException {
    instances.remove(id(instance));
    deregister(id(instance));
  }

  void deregister(String id) throws IOException, InterruptedException {
    ask("/v1/catalog/deregister", "{\"Node\":\"%s\",\"ServiceID\":\"%s\"}".formatted(node, id));
  }

  @Override
  public void putMalformed(String service) throws IOException, InterruptedException {
    register(service, service + "-nonsense", "nonsense", 8080, "passing", "");
  }

  @Override
  public void removeMalformed(String service) throws IOException, InterruptedException {
    deregister(service + "-nonsense");
  }

  /** What an agent's anti-entropy does. */
  @Override
  public void touch() throws IOException, InterruptedException {
    for (Instance instance : instances.values()) {
      register(
          instance.service(),
          id(instance),
          instance.address(),
          instance.port(),
          instance.healthy() ? "passing" : "critical",
          meta(instance));
    }
  }

  @Override
  public void lose() {
    link.cut();
  }

  @Override
  public void restore() {
    link.mend();
  }

  @Override
  public void close() throws IOException {
    try {
      ask("/v1/catalog/deregister", "{\"Node\":\"%s\"}".formatted(node));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      client.close();
      link.close();
    }
  }

  void delete(String path) throws IOException, InterruptedException {
    ask("DELETE", path, "");
  }

  void ask(String path, String body) throws IOException, InterruptedException {
    ask("PUT", path, body);
  }

  private void ask(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .timeout(Duration.ofSeconds(30));
    if (!token.isEmpty()) {
      request.header("X-Consul-Token", token);
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    }
  }

  private static String id(Instance instance) {
    return instance.service() + "-" + instance.address() + "-" + instance.port();
  }

  private static String meta(Instance instance) {
    Map<String, String> meta = new TreeMap<>(instance.labels());
    meta.put("weight", instance.weight().toPlainString());
    return meta.entrySet().stream()
        .map(entry -> "\"" + entry.getKey() + "\":\"" + entry.getValue() + "\"")
        .collect(Collectors.joining(","));
  }
}
