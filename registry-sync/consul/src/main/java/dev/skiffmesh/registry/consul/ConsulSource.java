package dev.skiffmesh.registry.consul;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.consul.ConsulClient.Found;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.CloudInstance;
import dev.skiffmesh.registry.core.LastAnswer;
import dev.skiffmesh.registry.core.ServiceCatalog;
import dev.skiffmesh.registry.core.SourceThread;
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
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Services from Consul, as Spring Cloud and others register them. It writes nothing.
 *
 * <p>Two blocking queries stay open, whatever the number of services: the list of services, and the
 * state of all checks, which says whose instances have come, gone or changed their health. Those
 * services are read again. What changes in neither, an instance's metadata for example, moves the
 * list's index: then all are read again, at a pace that leaves the agent nine tenths of its time.
 */
public final class ConsulSource implements Source {

  /** The type's word in the configuration. */
  public static final String TYPE = "consul";

  private static final Logger LOG = LoggerFactory.getLogger(ConsulSource.class);

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
  private final SourceThread thread;
  private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
  private final LastAnswer lastAnswer = new LastAnswer();
  private final ServiceCatalog catalog;

  private volatile @Nullable ChangedOnly sink;

  // On the source's thread, as all methods below unless they say otherwise.
  private @Nullable ConsulClient client;
  private final SortedSet<String> touched = new TreeSet<>();
  private Map<String, Long> states = new HashMap<>();
  private boolean isFollowing;
  private boolean isGathering;
  private boolean isSweeping;
  private long nextSweep = System.nanoTime();
  private int connection;
  private int failures;
  private int turn;

  /** A source that is not yet started, on a thread of its own. */
  public ConsulSource(ConsulSettings settings) {
    this.settings = settings;
    this.thread = SourceThread.named("source-" + settings.name());
    this.catalog = new ServiceCatalog(settings.name(), settings.namespace(), "services");
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return TYPE;
  }

  /** Every answer counts; there is one at each {@code probe-interval}. */
  @Override
  public Optional<Duration> silence() {
    return lastAnswer.age();
  }

  @Override
  public void start(Sink events) {
    sink = new ChangedOnly(events);
    thread.execute(this::connect);
  }

  @Override
  public void close() {
    ChangedOnly events = sink;
    if (events != null) {
      events.close();
    }
    thread.close();
    // Nothing runs on the thread any more, so that this is the only user.
    ConsulClient open = client;
    if (open != null) {
      open.close();
    }
    readers.shutdownNow();
  }

  private void connect() {
    connection++;
    int since = connection;
    try {
      ConsulClient asked = client();
      Found list = asked.read(ConsulClient.SERVICES);
      Found checks = asked.read(CHECKS);
      states = states(checks.json());
      touched.clear();
      listed(list.json());
      readTouched(asked);
      failures = 0;
      isFollowing = true;
      tell(new SourceEvent.Synced());
      follow(asked, since, ConsulClient.SERVICES, list.index(), this::servicesChanged);
      follow(asked, since, CHECKS, checks.index(), this::checksChanged);
      thread.after(settings.timing().probe(), () -> probe(since));
    } catch (IOException e) {
      failed(since, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      // The source is closed.
      Thread.currentThread().interrupt();
    }
  }

  private ConsulClient client() throws IOException {
    ConsulClient known = client;
    if (known == null) {
      known = new ConsulClient(settings, turn, lastAnswer);
      client = known;
    }
    return known;
  }

  /** A blocking query after the other, on a thread of its own, until the connection is over. */
  @SuppressWarnings("FutureReturnValueIgnored") // Both outcomes are passed on.
  private void follow(
      ConsulClient asked, int since, String path, long from, Consumer<JsonNode> changed) {
    readers.submit(
        () -> {
          try {
            Found found = asked.await(path, from);
            thread.execute(
                () -> {
                  if (since == connection) {
                    if (found.index() != from) {
                      changed.accept(found.json());
                    }
                    follow(asked, since, path, found.index(), changed);
                  }
                });
          } catch (IOException e) {
            thread.execute(() -> failed(since, String.valueOf(e.getMessage())));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** A query that waits says nothing of an agent that hangs, and nothing of a revoked token. */
  private void probe(int since) {
    ConsulClient asked = client;
    if (since != connection || asked == null) {
      return;
    }
    try {
      asked.read(PROBE);
      thread.after(settings.timing().probe(), () -> probe(since));
    } catch (IOException e) {
      failed(since, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void servicesChanged(JsonNode list) {
    listed(list);
    if (!isSweeping) {
      isSweeping = true;
      long wait = Math.max(0, nextSweep - System.nanoTime());
      int since = connection;
      thread.after(
          Duration.ofNanos(wait),
          () -> {
            isSweeping = false;
            if (since == connection) {
              touched.addAll(catalog.listed());
              gather();
            }
          });
    }
    gather();
  }

  /** New ones are to be read, and those that are gone are not. */
  private void listed(JsonNode list) {
    SortedSet<String> names = new TreeSet<>();
    list.properties().forEach(entry -> names.add(entry.getKey()));
    names.removeAll(NO_SERVICES);
    SortedSet<String> known = catalog.listed();
    for (String name : known) {
      if (!names.contains(name)) {
        catalog.remove(name);
        touched.remove(name);
      }
    }
    if (isFollowing) {
      names.removeAll(known);
    }
    touched.addAll(names);
  }

  private void checksChanged(JsonNode checks) {
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
    gather();
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

  private void gather() {
    if (isFollowing && !isGathering && !touched.isEmpty()) {
      isGathering = true;
      int since = connection;
      thread.after(
          GATHERING,
          () -> {
            isGathering = false;
            ConsulClient asked = client;
            if (since != connection || asked == null) {
              return;
            }
            try {
              readTouched(asked);
            } catch (IOException e) {
              failed(since, String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    } else if (touched.isEmpty() && isFollowing) {
      tell();
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
    tell();
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

  private void failed(int since, String reason) {
    if (since != connection) {
      return;
    }
    // What is still under way on this connection is not heard any more.
    connection++;
    isFollowing = false;
    failures++;
    LOG.atWarn()
        .addKeyValue("source", settings.name())
        .addKeyValue("reason", reason)
        .addKeyValue("failures", failures)
        .log("Consul is lost");
    tell(new SourceEvent.Lost("Consul at " + reason));
    ConsulClient known = client;
    client = null;
    turn++;
    if (known != null) {
      known.close();
    }
    thread.after(Backoff.DEFAULT.delay(failures, RandomGenerator.getDefault()), this::connect);
  }

  private void tell() {
    ChangedOnly events = sink;
    if (events != null) {
      catalog.tell(events);
    }
  }

  private void tell(SourceEvent event) {
    ChangedOnly events = sink;
    if (events != null) {
      events.accept(event);
    }
  }
}
