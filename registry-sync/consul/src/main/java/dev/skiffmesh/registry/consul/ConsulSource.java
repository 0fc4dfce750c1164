package dev.skiffmesh.registry.consul;

import dev.skiffmesh.registry.consul.ConsulClient.Found;
import dev.skiffmesh.registry.core.CloudInstance;
import dev.skiffmesh.registry.core.Follower;
import dev.skiffmesh.registry.core.ServiceCatalog;
import dev.skiffmesh.registry.core.SourceShell;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Services from Consul, as Spring Cloud and others register them. It writes nothing.
 *
 * <p>Two blocking queries stay open, whatever the number of services: the list of services, and the
 * state of all checks, which says whose instances have come, gone or changed their health. Those
 * services are read again. What changes in neither, an instance's metadata for example, moves the
 * list's index: then all are read again, at a pace that leaves the agent nine tenths of its time.
 */
public final class ConsulSource extends SourceShell {

  /** The type's word in the configuration. */
  public static final String TYPE = "consul";

  private static final String CHECKS = "/v1/health/state/any";

  /** Small, and nothing that anybody may ask without a valid token. */
  private static final String PROBE = "/v1/health/service/consul";

  /** Consul's own servers. */
  private static final Set<String> NO_SERVICES = Set.of("consul");

  /** Changes of one moment are read together. */
  private static final Duration GATHERING = Duration.ofMillis(20);

  /**
   * An agent takes 200 connections of one client by default ({@code http_max_conns_per_client}).
   */
  private static final int READERS = 16;

  /** What one reading of all costs may be spent on it again after so many times as long. */
  private static final int PACE = 9;

  private final ConsulSettings settings;
  private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
  private final ServiceCatalog catalog;

  // On the source's thread, as all methods below unless they say otherwise.
  private @Nullable ConsulClient client;
  private final List<Follower> followers = new ArrayList<>();
  private final SortedSet<String> touched = new TreeSet<>();
  private Map<String, Long> states = new HashMap<>();
  private boolean isGathering;
  private boolean isSweeping;
  private long nextSweep = System.nanoTime();
  private int turn;

  /** A source that is not yet started, on a thread of its own. */
  public ConsulSource(ConsulSettings settings) {
    super(TYPE, settings.name());
    this.settings = settings;
    this.catalog = new ServiceCatalog(settings.name(), settings.namespace(), "services");
  }

  @Override
  protected String reason(String message) {
    return "Consul at " + message;
  }

  @Override
  protected void connect(Connection connection) throws IOException, InterruptedException {
    ConsulClient asked = new ConsulClient(settings, turn, lastAnswer());
    client = asked;
    isGathering = false;
    isSweeping = false;
    Found list = asked.read(ConsulClient.SERVICES);
    Found checks = asked.read(CHECKS);
    states = states(checks.json());
    touched.clear();
    touched.addAll(listed(list.json()));
    readTouched(asked);
    synced();
    follow(
        asked,
        connection,
        ConsulClient.SERVICES,
        list.index(),
        json -> servicesChanged(asked, connection, json));
    follow(
        asked, connection, CHECKS, checks.index(), json -> checksChanged(asked, connection, json));
    connection.after(settings.timing().probe(), () -> probe(asked, connection));
  }

  /** The next agent is asked the next time. */
  @Override
  protected void disconnect() {
    turn++;
    ConsulClient known = client;
    client = null;
    if (known != null) {
      known.close();
    }
    followers.forEach(Follower::close);
    followers.clear();
  }

  @Override
  protected void end() {
    readers.shutdownNow();
  }

  /** A blocking query after the other, each once the answer of the one before is taken in. */
  private void follow(
      ConsulClient asked,
      Connection connection,
      String path,
      long from,
      Consumer<JsonNode> changed) {
    AtomicLong index = new AtomicLong(from);
    followers.add(
        Follower.start(
            "source-" + name() + path,
            () -> {
              Found found = asked.await(path, index.get());
              if (found.index() != index.getAndSet(found.index())) {
                connection.executed(() -> changed.accept(found.json()));
              }
              return Duration.ZERO;
            },
            failure -> connection.lost(String.valueOf(failure.getMessage()))));
  }

  /** A query that waits says nothing of an agent that hangs, and nothing of a revoked token. */
  private void probe(ConsulClient asked, Connection connection)
      throws IOException, InterruptedException {
    asked.read(PROBE);
    connection.after(settings.timing().probe(), () -> probe(asked, connection));
  }

  private void servicesChanged(ConsulClient asked, Connection connection, JsonNode list) {
    SortedSet<String> names = listed(list);
    names.removeAll(catalog.listed());
    touched.addAll(names);
    if (!isSweeping) {
      isSweeping = true;
      connection.after(
          Duration.ofNanos(Math.max(0, nextSweep - System.nanoTime())),
          () -> {
            isSweeping = false;
            touched.addAll(catalog.listed());
            gather(asked, connection);
          });
    }
    gather(asked, connection);
  }

  /** Those that there are; those that are gone go, and are not to be read. */
  private SortedSet<String> listed(JsonNode list) {
    SortedSet<String> names = new TreeSet<>();
    list.properties().forEach(entry -> names.add(entry.getKey()));
    names.removeAll(NO_SERVICES);
    for (String name : catalog.listed()) {
      if (!names.contains(name)) {
        catalog.remove(name);
        touched.remove(name);
      }
    }
    return names;
  }

  private void checksChanged(ConsulClient asked, Connection connection, JsonNode checks) {
    Map<String, Long> now = states(checks);
    Set<String> named = new TreeSet<>(now.keySet());
    named.addAll(states.keySet());
    for (String service : named) {
      if (!String.valueOf(now.get(service)).equals(String.valueOf(states.get(service)))) {
        // A check of a node concerns all services that run there.
        if (service.isEmpty()) {
          touched.addAll(catalog.listed());
        } else {
          touched.add(service);
        }
      }
    }
    touched.removeAll(NO_SERVICES);
    states = now;
    gather(asked, connection);
  }

  /** What the checks of each service say, as one number each: the sum is the same in any order. */
  private static Map<String, Long> states(JsonNode checks) {
    Map<String, Long> states = new HashMap<>();
    for (JsonNode check : checks) {
      long state = 17;
      for (String field : List.of("Node", "CheckID", "ServiceID", "Status", "ModifyIndex")) {
        state = state * 0x100000001b3L + check.path(field).asString("").hashCode();
      }
      states.merge(check.path("ServiceName").asString(""), state, Long::sum);
    }
    return states;
  }

  private void gather(ConsulClient asked, Connection connection) {
    if (touched.isEmpty()) {
      catalog.tell(this::tell);
    } else if (!isGathering) {
      isGathering = true;
      connection.after(
          GATHERING,
          () -> {
            isGathering = false;
            readTouched(asked);
          });
    }
  }

  /** Reads some at a time, and tells what all of them say together. */
  private void readTouched(ConsulClient asked) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<String> names = List.copyOf(touched);
    for (int from = 0; from < names.size(); from += READERS) {
      List<String> some = names.subList(from, Math.min(names.size(), from + READERS));
      List<Future<Optional<List<CloudInstance>>>> reading = new ArrayList<>();
      for (String name : some) {
        reading.add(readers.submit(() -> instances(asked, name)));
      }
      for (int i = 0; i < some.size(); i++) {
        put(some.get(i), result(reading.get(i)));
      }
      touched.removeAll(some);
    }
    nextSweep = System.nanoTime() + PACE * (System.nanoTime() - begun);
    catalog.tell(this::tell);
  }

  private void put(String name, Optional<List<CloudInstance>> instances) {
    if (instances.isPresent() && !instances.get().isEmpty()) {
      catalog.put(name, List.of(), instances.get());
    } else {
      catalog.remove(name);
    }
  }

  /** On a reader's thread. */
  private static Optional<List<CloudInstance>> instances(ConsulClient asked, String name)
      throws IOException, InterruptedException {
    return ConsulInstances.read(
        asked.read("/v1/health/service/" + ConsulClient.encoded(name)).json());
  }

  private static <T> T result(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException(
          e.getCause() == null ? "" : String.valueOf(e.getCause().getMessage()), e);
    }
  }
}
