package dev.skiffmesh.e2e.scenarios.nacos;

import com.alibaba.nacos.api.PropertyKeyConst;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.NamingFactory;
import com.alibaba.nacos.api.naming.NamingService;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.registry.nacos.NacosSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A provider on a real Nacos server, with a client of its own: what it registered goes when it is
 * closed, as with a provider that stops. Nacos takes one registration for each client and service,
 * so that all instances of a service are registered as a batch.
 */
final class RealNacos implements TestingRegistry, AutoCloseable {

  static {
    // The official client would write its log files and its copies of services to the home folder.
    System.setProperty("nacos.logging.default.config.enabled", "false");
    try {
      System.setProperty("JM.SNAPSHOT.PATH", Files.createTempDirectory("skiff-nacos-").toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final NacosServer server;
  private final String namespaceId;
  private final String group;
  private final NamingService provider;
  private final Map<String, Map<String, Instance>> registered = new TreeMap<>();
  private final Map<String, com.alibaba.nacos.api.naming.pojo.Instance> malformed =
      new LinkedHashMap<>();
  private final Map<String, List<com.alibaba.nacos.api.naming.pojo.Instance>> asItIs =
      new TreeMap<>();
  private boolean hasLeft;

  RealNacos(NacosServer server) throws NacosException {
    this(server, "public");
  }

  /** In a namespace that {@link #source()} has as {@code default} in the mesh. */
  RealNacos(NacosServer server, String namespaceId) throws NacosException {
    this(server, namespaceId, NacosSettings.DEFAULT_GROUP);
  }

  RealNacos(NacosServer server, String namespaceId, String group) throws NacosException {
    this(server, namespaceId, group, NacosSettings.Credentials.NONE);
  }

  RealNacos(
      NacosServer server, String namespaceId, String group, NacosSettings.Credentials credentials)
      throws NacosException {
    this.server = server;
    this.namespaceId = namespaceId;
    this.group = group;
    Properties properties = new Properties();
    properties.setProperty(PropertyKeyConst.SERVER_ADDR, server.address());
    properties.setProperty(PropertyKeyConst.NAMESPACE, namespaceId);
    if (!credentials.username().isEmpty()) {
      properties.setProperty(PropertyKeyConst.USERNAME, credentials.username());
      properties.setProperty(PropertyKeyConst.PASSWORD, credentials.password());
    }
    this.provider = NamingFactory.createNamingService(properties);
  }

  @Override
  public void put(List<Instance> instances) {
    Map<String, List<Instance>> byService = new TreeMap<>();
    for (Instance instance : instances) {
      byService.computeIfAbsent(instance.service(), name -> new ArrayList<>()).add(instance);
    }
    byService.forEach(
        (service, added) -> {
          Map<String, Instance> all =
              registered.computeIfAbsent(service, name -> new LinkedHashMap<>());
          added.forEach(instance -> all.put(key(instance), instance));
          register(service);
        });
  }

  @Override
  public void remove(Instance instance) {
    registered.getOrDefault(instance.service(), new TreeMap<>()).remove(key(instance));
    register(instance.service());
  }

  @Override
  public void putMalformed(String service) {
    var entry = new com.alibaba.nacos.api.naming.pojo.Instance();
    entry.setIp("no.such.host");
    entry.setPort(8080);
    malformed.put(service, entry);
    register(service);
  }

  @Override
  public void removeMalformed(String service) {
    malformed.remove(service);
    register(service);
  }

  @Override
  public void touch() {
    registered.keySet().forEach(this::register);
  }

  @Override
  public void lose() {
    server.kill();
  }

  @Override
  public void restore() {
    server.restart();
  }

  @Override
  public Source source() {
    return new NacosSource(settings(NacosSettings.Timing.DEFAULT.settle()));
  }

  /** Settings that look for new services twice a second. */
  NacosSettings settings(Duration settle) {
    NacosSettings usual = NacosSettings.of("legacy", server.address());
    return new NacosSettings(
        usual.name(),
        usual.server(),
        List.of(new NacosSettings.Namespace(namespaceId, "default")),
        usual.groups(),
        usual.services(),
        usual.credentials(),
        usual.client(),
        new NacosSettings.Timing(Duration.ofMillis(500), settle));
  }

  /** Sets the share of healthy instances at or below which Nacos reports all as healthy. */
  void protect(String service, String threshold) throws IOException, InterruptedException {
    String path =
        switch (server.version()) {
          case V2 -> "/nacos/v1/ns/service";
          case V3 -> "/nacos/v3/admin/ns/service";
        };
    URI uri =
        URI.create(
            "http://"
                + server.address()
                + path
                + "?serviceName="
                + service
                + "&groupName="
                + group
                + "&protectThreshold="
                + threshold);
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri).PUT(HttpRequest.BodyPublishers.noBody()).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(uri + " answers " + answer.body());
      }
    }
  }

  /** Registers one as it stands, with all that Nacos has; beside what {@link #put} put there. */
  void putAsItIs(String service, com.alibaba.nacos.api.naming.pojo.Instance instance) {
    asItIs.computeIfAbsent(service, name -> new ArrayList<>()).add(instance);
    register(service);
  }

  /** Registers one that stays when its client goes, as the server itself checks its health. */
  void putPersistent(String service, com.alibaba.nacos.api.naming.pojo.Instance instance)
      throws NacosException {
    instance.setEphemeral(false);
    provider.registerInstance(service, group, instance);
  }

  /** Takes {@link #putPersistent} back. */
  void removePersistent(String service, com.alibaba.nacos.api.naming.pojo.Instance instance)
      throws NacosException {
    provider.deregisterInstance(service, group, instance);
  }

  /** Ends as a provider does: the server forgets what it registered. */
  void leave() throws NacosException {
    if (!hasLeft) {
      hasLeft = true;
      provider.shutDown();
    }
  }

  @Override
  public void close() throws NacosException {
    leave();
  }

  /** Tries again while the provider has not yet found its restarted server. */
  private void register(String service) {
    List<com.alibaba.nacos.api.naming.pojo.Instance> batch = new ArrayList<>();
    registered.getOrDefault(service, new TreeMap<>()).values().forEach(i -> batch.add(nacos(i)));
    batch.addAll(asItIs.getOrDefault(service, List.of()));
    if (malformed.containsKey(service)) {
      batch.add(malformed.get(service));
    }
    batch.sort(Comparator.comparing(com.alibaba.nacos.api.naming.pojo.Instance::toInetAddr));
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (true) {
      try {
        provider.batchRegisterInstance(service, group, batch);
        return;
      } catch (NacosException e) {
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException("Cannot register " + service + ": " + e.getErrMsg(), e);
        }
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
  }

  private static com.alibaba.nacos.api.naming.pojo.Instance nacos(Instance instance) {
    var nacos = new com.alibaba.nacos.api.naming.pojo.Instance();
    nacos.setIp(instance.address());
    nacos.setPort(instance.port());
    nacos.setWeight(instance.weight().doubleValue());
    nacos.setHealthy(instance.healthy());
    nacos.setEnabled(instance.enabled());
    nacos.setMetadata(new TreeMap<>(instance.labels()));
    return nacos;
  }

  private static String key(Instance instance) {
    return instance.address() + ":" + instance.port();
  }
}
