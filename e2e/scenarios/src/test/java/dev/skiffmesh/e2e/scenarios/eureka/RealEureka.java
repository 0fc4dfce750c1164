package dev.skiffmesh.e2e.scenarios.eureka;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.e2e.parts.eureka.EurekaServer;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.eureka.EurekaSettings;
import dev.skiffmesh.registry.eureka.EurekaSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A shared Eureka server behind a link of its own, changed as Eureka's clients do. */
final class RealEureka implements TestingRegistry, AutoCloseable {

  /** A lease that outlives the test: nobody sends heartbeats. */
  private static final int LEASE_SECONDS = 3_600;

  private final EurekaServer server;
  private final CuttableLink link;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Instance> instances = new TreeMap<>();
  private final TreeMap<String, String> malformed = new TreeMap<>();
  private long writes = 1;

  RealEureka(EurekaServer server) {
    this(server, Duration.ZERO);
  }

  /** With a network that takes that long in each direction. */
  RealEureka(EurekaServer server, Duration latency) {
    this.server = server;
    this.link = CuttableLink.to(server.port());
    if (!latency.isZero()) {
      link.delay(latency);
    }
  }

  CuttableLink link() {
    return link;
  }

  EurekaSettings settings() {
    return EurekaSettings.of("eureka", "http://127.0.0.1:" + link.port() + "/eureka")
        .withTiming(new EurekaSettings.Timing(Duration.ofMillis(300), Duration.ofSeconds(2)));
  }

  @Override
  public Source source() {
    return new EurekaSource(settings());
  }

  @Override
  public void put(List<Instance> all) throws IOException, InterruptedException {
    for (Instance instance : all) {
      Instance before = instances.put(id(instance), instance);
      if (instance.equals(before)) {
        continue;
      }
      if (before == null || !before.withEnabled(instance.enabled()).equals(instance)) {
        register(instance.service(), body(instance));
      }
      // What an operator says overrides what the instance says of itself.
      if (!instance.enabled()) {
        ask("PUT", path(instance) + "/status?value=OUT_OF_SERVICE", "");
      } else if (before != null && !before.enabled()) {
        ask("DELETE", path(instance) + "/status?value=UP", "");
      }
    }
  }

  /** What clients do whose server has forgotten them. */
  void putAgain() throws IOException, InterruptedException {
    List<Instance> all = List.copyOf(instances.values());
    instances.clear();
    put(all);
  }

  void register(String service, String body) throws IOException, InterruptedException {
    ask("POST", "/apps/" + service.toUpperCase(Locale.ROOT), body);
  }

  @Override
  public void remove(Instance instance) throws IOException, InterruptedException {
    instances.remove(id(instance));
    ask("DELETE", path(instance), "");
  }

  @Override
  public void putMalformed(String service) throws IOException, InterruptedException {
    String id = service + ":nonsense";
    malformed.put(service, id);
    register(service, body(service, id, "nonsense", 8080, "UP", "1", Map.of()));
  }

  @Override
  public void removeMalformed(String service) throws IOException, InterruptedException {
    ask("DELETE", path(service, String.valueOf(malformed.remove(service))), "");
  }

  /** A heartbeat of each. */
  @Override
  public void touch() throws IOException, InterruptedException {
    for (Instance instance : instances.values()) {
      ask("PUT", path(instance) + "?status=UP", "");
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
      for (Instance instance : instances.values()) {
        ask("DELETE", path(instance), "");
      }
      for (Map.Entry<String, String> entry : malformed.entrySet()) {
        ask("DELETE", path(entry.getKey(), entry.getValue()), "");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      client.close();
      link.close();
    }
  }

  private void ask(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(30))
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2 && answer.statusCode() != 404) {
      throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
  }

  private static String id(Instance instance) {
    return instance.address() + ":" + instance.service() + ":" + instance.port();
  }

  private static String path(Instance instance) {
    return path(instance.service(), id(instance));
  }

  private static String path(String service, String id) {
    return "/apps/" + service.toUpperCase(Locale.ROOT) + "/" + id;
  }

  private String body(Instance instance) {
    return body(
        instance.service(),
        id(instance),
        instance.address(),
        instance.port(),
        instance.healthy() ? "UP" : "DOWN",
        instance.weight().toPlainString(),
        instance.labels());
  }

  /** What Spring Cloud's client sends; a later write counts by its dirty timestamp. */
  private String body(
      String service,
      String id,
      String address,
      int port,
      String status,
      String weight,
      Map<String, String> labels) {
    String metadata =
        labels.entrySet().stream()
            .map(label -> ",\"" + label.getKey() + "\":\"" + label.getValue() + "\"")
            .collect(Collectors.joining());
    return """
        {"instance":{"instanceId":"%s","hostName":"%s","app":"%s","ipAddr":"%s","status":"%s",
        "overriddenStatus":"UNKNOWN","port":{"$":%d,"@enabled":"true"},
        "securePort":{"$":443,"@enabled":"false"},"countryId":1,
        "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
        "name":"MyOwn"},"leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":%d},
        "metadata":{"weight":"%s"%s},"vipAddress":"%s","secureVipAddress":"%s",
        "isCoordinatingDiscoveryServer":"false","lastUpdatedTimestamp":"%d",
        "lastDirtyTimestamp":"%d"}}
        """
        .formatted(
            id,
            address,
            service.toUpperCase(Locale.ROOT),
            address,
            status,
            port,
            LEASE_SECONDS,
            weight,
            metadata,
            service,
            service,
            writes,
            writes++);
  }
}
