package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An estate of any size that answers as Nacos' client would, without keeping what it answers. All
 * above the client is the real source. Thread-safe.
 */
public final class SyntheticNacos {

  private static final String GROUP = "DEFAULT_GROUP";

  private final int instances;
  private final AtomicInteger services;
  private final AtomicReference<NacosChannel.Listener> listener = new AtomicReference<>(_ -> {});
  private final AtomicLong time = new AtomicLong(1);
  private volatile long lastAnswer = System.nanoTime();

  private SyntheticNacos(int services, int instances) {
    this.services = new AtomicInteger(services);
    this.instances = instances;
  }

  /**
   * One that nobody watches yet.
   *
   * @param services how many
   * @param instances of each
   */
  public static SyntheticNacos of(int services, int instances) {
    return new SyntheticNacos(services, instances);
  }

  /** A source of it, not yet started. */
  public Source source() {
    return new NacosSource(
        NacosSettings.of("legacy", "127.0.0.1:8848"),
        (_, to) -> {
          listener.set(to);
          return new Channel();
        },
        InstantSource.system());
  }

  /** The name of a service. */
  public static String name(int service) {
    return "com.broker.service-" + service;
  }

  /** The first instance of a service gets another weight, and the source is told. */
  public void change(int service, int weight) {
    listener.get().pushed(registration(service, weight));
  }

  /** So many services more appear at once, and the source is told that there are new ones. */
  public void grow(int more) {
    services.addAndGet(more);
    listener.get().servicesChanged();
  }

  /** When the last new service was told of, as {@link System#nanoTime} has it. */
  public long lastAnswer() {
    return lastAnswer;
  }

  private Registration registration(int service, int weight) {
    List<RegisteredInstance> all = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      Map<String, String> metadata = new TreeMap<>();
      metadata.put("version", i % 4 == 0 ? "v2" : "v1");
      metadata.put("zone", "zone-" + i % 3);
      metadata.put("region", "east");
      metadata.put("preserved.register.source", "SPRING_CLOUD");
      metadata.put("team", "team-" + service % 50);
      int number = service * instances + i;
      all.add(
          new RegisteredInstance(
              "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255),
              8080,
              i == 0 ? weight : 1,
              true,
              true,
              "DEFAULT",
              new TreeMap<>(metadata)));
    }
    return new Registration(GROUP, name(service), all, false, time.incrementAndGet());
  }

  private final class Channel implements NacosChannel {

    @Override
    public void open() {}

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public long connection() {
      return 1;
    }

    @Override
    public Set<String> groups() {
      return Set.of(GROUP);
    }

    @Override
    public Names list(String group) {
      return new Names(
          IntStream.range(0, services.get())
              .mapToObj(SyntheticNacos::name)
              .collect(Collectors.toCollection(TreeSet::new)),
          true);
    }

    @Override
    public void watchServices() {}

    @Override
    public Optional<String> config(String dataId, String group) {
      return Optional.empty();
    }

    @Override
    public Registration subscribe(String group, String service) {
      Registration answer = query(group, service);
      lastAnswer = System.nanoTime();
      return answer;
    }

    @Override
    public Registration query(String group, String service) {
      return registration(Integer.parseInt(service.substring(service.lastIndexOf('-') + 1)), 1);
    }

    @Override
    public void unsubscribe(String group, String service) {}

    @Override
    public void close() {}
  }
}
