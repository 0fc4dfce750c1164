package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.ChangedOnly;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services from Nacos 2.x and 3.x.
 *
 * <p>New services are found by listing at an interval, changes of their instances by gRPC
 * subscriptions. The source says {@link SourceEvent.Lost} when the server does not answer, keeps on
 * trying, and says {@link SourceEvent.Synced} once every service was told again.
 *
 * <p>A server that comes back is not believed at once: what lacks instances known before is held
 * until it stays the same for {@link NacosSettings.Timing#settle()}, and Synced waits for it. This
 * covers the server's own restart. Providers that lose their registry while our connection is fine,
 * and registries that shrink in normal times, are not judged here.
 *
 * <p>Nothing is written to disk: the state folder is the control loop's.
 */
public final class NacosSource implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(NacosSource.class);

  /** Calls at one time; enough for about 5,000 services in a second, few enough for a server. */
  private static final int CALLERS = 8;

  private static final Duration END_BOUND = Duration.ofSeconds(5);

  private final NacosSettings settings;
  private final NacosChannel.Factory channels;
  private final InstantSource clock;

  private final Object lock = new Object();
  private final Map<NamespaceWatcher, Standing> watchers = new LinkedHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private @Nullable ExecutorService callers;
  private @Nullable ChangedOnly sink;
  private boolean isClosed;

  /** A source that reads what the settings say; it does nothing until it is started. */
  public NacosSource(NacosSettings settings) {
    this(
        settings,
        (namespaceId, listener) -> new GrpcNacosChannel(settings, namespaceId, listener),
        InstantSource.system());
  }

  NacosSource(NacosSettings settings, NacosChannel.Factory channels, InstantSource clock) {
    this.settings = settings;
    this.channels = channels;
    this.clock = clock;
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return "nacos";
  }

  /** The longest of all namespaces: a policy may stand in any of them. */
  @Override
  public Optional<Duration> silence() {
    synchronized (lock) {
      Duration longest = Duration.ZERO;
      for (NamespaceWatcher watcher : watchers.keySet()) {
        Optional<Duration> silence = watcher.silence();
        if (silence.isEmpty()) {
          return silence;
        }
        longest = longest.compareTo(silence.get()) < 0 ? silence.get() : longest;
      }
      return watchers.isEmpty() ? Optional.empty() : Optional.of(longest);
    }
  }

  @Override
  public void start(Sink loop) {
    synchronized (lock) {
      if (isClosed || callers != null) {
        throw new IllegalStateException("The source '" + name() + "' was started before");
      }
      callers = Executors.newFixedThreadPool(CALLERS, threadFactory("call"));
      Duration settle = settings.timing().settle();
      sink = new ChangedOnly(loop);
      Outlet outlet = new Outlet(sink);
      Map<String, List<ScopeInventory>> byNamespace = new LinkedHashMap<>();
      for (NacosScope scope : settings.scopes()) {
        byNamespace
            .computeIfAbsent(scope.namespaceId(), id -> new ArrayList<>())
            .add(new ScopeInventory(scope, name(), settle, sink));
      }
      byNamespace.forEach((id, inventories) -> watch(id, inventories, callers, outlet));
      threads.forEach(Thread::start);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      if (sink != null) {
        sink.close();
      }
      if (callers != null) {
        callers.shutdownNow();
      }
    }
    watchers.keySet().forEach(NamespaceWatcher::close);
    for (Thread thread : threads) {
      thread.interrupt();
    }
    for (Thread thread : threads) {
      try {
        if (!thread.join(END_BOUND)) {
          LOG.atWarn()
              .addKeyValue("source", name())
              .addKeyValue("thread", thread.getName())
              .log("A thread of the Nacos source did not end in time");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void watch(
      String namespaceId, List<ScopeInventory> inventories, ExecutorService calls, Outlet outlet) {
    NamespaceWatcher watcher =
        new NamespaceWatcher(settings, namespaceId, inventories, channels, calls, clock, outlet);
    watchers.put(watcher, Standing.UNKNOWN);
    threads.add(threadFactory(namespaceId).newThread(watcher));
  }

  private ThreadFactory threadFactory(String role) {
    return Thread.ofVirtual().name("nacos-" + name() + "-" + role).factory();
  }

  /**
   * What a watcher knows of its server.
   *
   * @param isKnown whether it has found out
   * @param lost why the server cannot be read, or null
   */
  private record Standing(boolean isKnown, @Nullable String lost) {
    static final Standing UNKNOWN = new Standing(false, null);
  }

  /** The one place where inventories change and events leave, one thread at a time. */
  private final class Outlet implements NamespaceWatcher.Owner {

    private final Sink sink;
    private @Nullable SourceEvent lastStanding;

    Outlet(Sink sink) {
      this.sink = sink;
    }

    @Override
    public void change(Runnable change) {
      synchronized (lock) {
        change.run();
      }
    }

    @Override
    public void report(NamespaceWatcher watcher, @Nullable String lost) {
      synchronized (lock) {
        watchers.put(watcher, new Standing(true, lost));
      }
    }

    @Override
    public void send() {
      synchronized (lock) {
        for (NamespaceWatcher watcher : watchers.keySet()) {
          watcher.inventories().forEach(ScopeInventory::flush);
        }
        SourceEvent standing = standing();
        if (standing != null) {
          if (!standing.equals(lastStanding)) {
            lastStanding = standing;
            log(standing);
          }
          sink.accept(standing);
        }
      }
    }

    private @Nullable SourceEvent standing() {
      String lost =
          watchers.values().stream()
              .map(Standing::lost)
              .filter(Objects::nonNull)
              .collect(Collectors.joining("; "));
      if (!lost.isEmpty()) {
        return new SourceEvent.Lost(lost);
      }
      boolean isComplete =
          watchers.entrySet().stream()
              .allMatch(
                  watched ->
                      watched.getValue().isKnown()
                          && watched.getKey().inventories().stream()
                              .allMatch(ScopeInventory::isComplete));
      return isComplete ? new SourceEvent.Synced() : null;
    }

    private void log(SourceEvent standing) {
      if (standing instanceof SourceEvent.Lost(String reason)) {
        LOG.atWarn()
            .addKeyValue("source", name())
            .addKeyValue("reason", reason)
            .log("The registry is lost; what it said last stays");
      } else {
        LOG.atInfo().addKeyValue("source", name()).log("The registry is synced");
      }
    }
  }
}
