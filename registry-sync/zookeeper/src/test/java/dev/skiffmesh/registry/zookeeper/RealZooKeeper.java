package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.ServiceNames;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.KeeperException;

/** A place in a real ZooKeeper, written as providers do except that nothing is ephemeral. */
final class RealZooKeeper implements TestingRegistry {

  private final Way way;
  private final Layout layout;
  private final boolean watchesEachNode;
  private final String root = "/skiff-" + UUID.randomUUID();
  private final CuratorFramework client;
  private final Map<String, Instance> instances = new HashMap<>();
  private final Map<String, String> nodes = new HashMap<>();
  private long writes;
  private boolean isLost;

  RealZooKeeper(TestingServer server, Layout layout, boolean watchesEachNode) {
    this(
        server,
        new Way(server.getConnectString(), server::stop, server::restart),
        layout,
        watchesEachNode);
  }

  /** The same, read on another way than it is written. */
  RealZooKeeper(TestingServer server, Way way, Layout layout, boolean watchesEachNode) {
    this.way = way;
    this.layout = layout;
    this.watchesEachNode = watchesEachNode;
    this.client =
        CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryNTimes(300, 100));
    client.start();
  }

  /** What a test does to the network, or to the server. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  /**
   * How a source comes to the server.
   *
   * @param server {@code HOST:PORT}
   * @param lose makes it vanish for the source
   * @param restore ends that
   */
  record Way(String server, Step lose, Step restore) {}

  ZooKeeperSettings settings() {
    return ZooKeeperSettings.of("zoo", way.server())
        .withRoots(root + "/services", root + "/dubbo")
        .withTiming(
            new ZooKeeperSettings.Timing(
                Duration.ofSeconds(4), Duration.ofMillis(300), Duration.ofSeconds(3)));
  }

  CuratorFramework client() {
    return client;
  }

  String directory(String service) {
    return new Directory(layout, service).path(root + (isCurator() ? "/services" : "/dubbo"));
  }

  private boolean isCurator() {
    return layout == Layout.CURATOR;
  }

  @Override
  public void put(List<Instance> all) throws Exception {
    for (Instance instance : all) {
      String place = place(instance);
      if (instance.equals(instances.put(place, instance))) {
        continue;
      }
      String before = nodes.get(place);
      if (isCurator()) {
        String node = directory(instance.service()) + "/" + instance.port() + instance.address();
        nodes.put(place, node);
        write(node, json(instance));
      } else {
        String node = directory(instance.service()) + "/" + url(instance);
        nodes.put(place, node);
        write(node, "");
        if (before != null) {
          client.delete().quietly().forPath(before);
        }
      }
    }
  }

  @Override
  public void remove(Instance instance) throws Exception {
    instances.remove(place(instance));
    client.delete().forPath(nodes.remove(place(instance)));
  }

  @Override
  public void putMalformed(String service) throws Exception {
    write(directory(service) + "/nonsense", "nonsense");
  }

  @Override
  public void removeMalformed(String service) throws Exception {
    client.delete().forPath(directory(service) + "/nonsense");
  }

  @Override
  public void touch() throws Exception {
    for (String node : nodes.values()) {
      client.setData().forPath(node, client.getData().forPath(node));
    }
  }

  @Override
  public void lose() throws Exception {
    isLost = true;
    way.lose().run();
  }

  @Override
  public void restore() throws Exception {
    isLost = false;
    way.restore().run();
  }

  @Override
  public Source source() {
    return new ZooKeeperSource(settings(), watchesEachNode);
  }

  @Override
  public ServiceId idOf(String service) {
    String original = isCurator() ? service : "providers:" + service + "::";
    return new ServiceId("default", ServiceNames.meshName(original));
  }

  @Override
  public void close() throws Exception {
    if (isLost) {
      restore();
    }
    try {
      client.delete().deletingChildrenIfNeeded().forPath(root);
    } catch (KeeperException.NoNodeException nothingWasWritten) {
      // As it should be.
    }
    client.close();
  }

  void write(String node, String text) throws Exception {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    client.create().orSetData().creatingParentsIfNeeded().forPath(node, content);
  }

  static String json(Instance instance) {
    String labels =
        instance.labels().entrySet().stream()
            .map(label -> ",\"" + label.getKey() + "\":\"" + label.getValue() + "\"")
            .collect(Collectors.joining());
    return "{\"name\":\"any\",\"id\":\"any\",\"address\":\""
        + instance.address()
        + "\",\"port\":"
        + instance.port()
        + ",\"sslPort\":null,\"payload\":{\"@class\":"
        + "\"org.springframework.cloud.zookeeper.discovery.ZookeeperInstance\",\"id\":\"any\","
        + "\"name\":\"any\",\"metadata\":{\"instance_status\":\""
        + (instance.healthy() ? "UP" : "DOWN")
        + "\",\"weight\":\""
        + instance.weight().toPlainString()
        + "\""
        + labels
        + "}},\"registrationTimeUTC\":1,\"serviceType\":\"DYNAMIC\",\"uriSpec\":null,\"enabled\":"
        + instance.enabled()
        + "}";
  }

  private String url(Instance instance) {
    writes++;
    String url =
        "dubbo://"
            + instance.address()
            + ":"
            + instance.port()
            + "/com.acme.Quote?side=provider&timestamp="
            + writes
            + "&weight="
            + instance.weight().multiply(BigDecimal.valueOf(100)).toBigInteger()
            + "&enabled="
            + instance.enabled();
    return URLEncoder.encode(url, StandardCharsets.UTF_8);
  }

  private static String place(Instance instance) {
    return instance.service() + " " + instance.address() + ":" + instance.port();
  }
}
