package dev.skiffmesh.e2e.scenarios.etcd;

import static java.util.Objects.requireNonNull;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.e2e.parts.Etcd;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.etcd.EtcdSettings;
import dev.skiffmesh.registry.etcd.EtcdSource;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.options.DeleteOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A prefix of a real etcd as a registry: a key for each service, written whole. */
final class RealEtcd implements TestingRegistry, AutoCloseable {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final String endpoint;
  private final @Nullable Etcd server;
  private final @Nullable CuttableLink link;
  private final Client client;
  private final String prefix = "/skiff-" + UUID.randomUUID() + "/";
  private final Map<String, Map<String, Instance>> services = new TreeMap<>();
  private final Set<String> malformed = new TreeSet<>();

  RealEtcd(Etcd server) {
    this(server, null);
  }

  /** The same, read through a network that may fail; it is written past it. */
  RealEtcd(Etcd server, @Nullable CuttableLink link) {
    this(server.endpoint(), server, link);
  }

  /** The same on a server that somebody else runs. */
  RealEtcd(String endpoint, CuttableLink link) {
    this(endpoint, null, link);
  }

  private RealEtcd(String endpoint, @Nullable Etcd server, @Nullable CuttableLink link) {
    this.endpoint = endpoint;
    this.server = server;
    this.link = link;
    this.client = Client.builder().endpoints(endpoint).build();
  }

  /** Reads this prefix, and notices within seconds what takes longer in production. */
  EtcdSettings settings() {
    return EtcdSettings.of("store", link == null ? endpoint : "http://127.0.0.1:" + link.port())
        .withPrefix(prefix)
        .withTiming(
            new EtcdSettings.Timing(
                Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofSeconds(30)));
  }

  String key(String name) {
    return prefix + name;
  }

  /** Writes a key, and tries again while the server is on its way back. */
  void write(String name, String text) {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  void write(String name, byte[] value) {
    asked(() -> kv().put(bytes(key(name)), ByteSequence.from(value)).get(2, TimeUnit.SECONDS));
  }

  void delete(String name) {
    asked(() -> kv().delete(bytes(key(name))).get(2, TimeUnit.SECONDS));
  }

  /** Forgets all history before now. */
  void compact() {
    asked(
        () -> {
          long now = kv().get(bytes(prefix)).get(2, TimeUnit.SECONDS).getHeader().getRevision();
          return kv().compact(now).get(2, TimeUnit.SECONDS);
        });
  }

  @Override
  public void put(List<Instance> instances) {
    for (Instance instance : instances) {
      instances(instance.service()).put(place(instance), instance);
    }
    for (String service :
        instances.stream().map(Instance::service).collect(Collectors.toCollection(TreeSet::new))) {
      write(service);
    }
  }

  @Override
  public void remove(Instance instance) {
    instances(instance.service()).remove(place(instance));
    write(instance.service());
  }

  @Override
  public void putMalformed(String service) {
    malformed.add(service);
    write(service);
  }

  @Override
  public void removeMalformed(String service) {
    malformed.remove(service);
    write(service);
  }

  @Override
  public void touch() {
    for (String service : services.keySet()) {
      write(service);
    }
  }

  @Override
  public void lose() {
    if (link != null) {
      link.cut();
      return;
    }
    requireNonNull(server).kill();
  }

  @Override
  public void restore() {
    if (link != null) {
      link.mend();
      return;
    }
    requireNonNull(server).restart();
  }

  @Override
  public Source source() {
    return new EtcdSource(settings());
  }

  @Override
  public void close() {
    asked(
        () ->
            kv().delete(bytes(prefix), DeleteOption.builder().isPrefix(true).build())
                .get(2, TimeUnit.SECONDS));
    client.close();
  }

  private KV kv() {
    return client.getKVClient();
  }

  private interface Question {
    Object ask() throws ExecutionException, InterruptedException, TimeoutException;
  }

  private static void asked(Question question) {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (true) {
      try {
        question.ask();
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted", e);
      } catch (ExecutionException | TimeoutException e) {
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException("etcd does not take it", e);
        }
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
  }

  private Map<String, Instance> instances(String service) {
    return services.computeIfAbsent(service, none -> new LinkedHashMap<>());
  }

  private static String place(Instance instance) {
    return instance.address() + ":" + instance.port();
  }

  private void write(String service) {
    StringBuilder text = new StringBuilder(document(service));
    text.append("  ports: [{name: http, port: 8080}]\n  endpoints:\n");
    for (Instance instance : instances(service).values()) {
      text.append("    - address: ").append(instance.address()).append('\n');
      text.append("      port: ").append(instance.port()).append('\n');
      text.append("      weight: ").append(instance.weight().toPlainString()).append('\n');
      text.append("      health: ").append(instance.healthy() ? "Healthy\n" : "Unhealthy\n");
      text.append("      enabled: ").append(instance.enabled()).append('\n');
      text.append("      labels: {");
      instance.labels().forEach((k, v) -> text.append(k).append(": \"").append(v).append("\", "));
      text.append("}\n");
    }
    if (instances(service).isEmpty()) {
      text.append("    []\n");
    }
    if (malformed.contains(service)) {
      text.append("---\n").append(document("broken-" + service)).append("  ports: none\n");
    }
    write(service, text.toString());
  }

  private static String document(String service) {
    return "apiVersion: skiffmesh.dev/v1alpha1\nkind: Service\nmetadata: {name: "
        + service
        + "}\nspec:\n";
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
