package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.SourceThread;
import dev.skiffmesh.registry.nacos.NamespaceWatcher.Standing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
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

  /** Pushes come in bursts: an estate that starts, a server that tells all again. */
  private static final Duration GATHERING = Duration.ofMillis(20);

  private static final Duration END_BOUND = Duration.ofSeconds(5);

  private final NacosSettings settings;
  private final NacosChannel.Factory channels;
  private final InstantSource clock;

  private final Object lock = new Object();
  private final Map<NamespaceWatcher, Standing> watchers = new LinkedHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final SourceThread sender;
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
    this.sender = SourceThread.named("nacos-" + settings.name() + "-send");
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
      Outlet outlet = new Outlet(sink, settle);
      for (NacosSettings.Namespace namespace : settings.namespaces()) {
        List<ScopeInventory> inventories = new ArrayList<>();
        for (String group : settings.namedGroups()) {
          outlet.found(namespace, group).ifPresent(inventories::add);
        }
        watch(namespace, inventories, callers, outlet);
      }
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
    sender.close();
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
      NacosSettings.Namespace namespace,
      List<ScopeInventory> inventories,
      ExecutorService calls,
      Outlet outlet) {
    NamespaceWatcher watcher =
        new NamespaceWatcher(settings, namespace, inventories, channels, calls, clock, outlet);
    watchers.put(watcher, new Standing.Unknown());
    threads.add(threadFactory(namespace.id()).newThread(watcher));
  }

  private ThreadFactory threadFactory(String role) {
    return Thread.ofVirtual().name("nacos-" + name() + "-" + role).factory();
  }

  /** The one place where inventories change and events leave, one thread at a time. */
  private final class Outlet implements NamespaceWatcher.Owner {

    private final Sink sink;
    private final Duration settle;

    /** Two scopes of one source must never hold the same service. */
    private final Map<String, NacosScope> owners = new LinkedHashMap<>();

    private final Map<String, SortedMap<String, Finding>> clashes = new LinkedHashMap<>();
    private @Nullable SourceEvent lastStanding;
    private boolean isGathering;

    Outlet(Sink sink, Duration settle) {
      this.sink = sink;
      this.settle = settle;
    }

    @Override
    public Optional<ScopeInventory> found(NacosSettings.Namespace namespace, String group) {
      NacosScope scope = NacosScope.of(namespace, group);
      NacosScope other = owners.putIfAbsent(scope.meshNamespace(), scope);
      if (other == null) {
        return Optional.of(new ScopeInventory(scope, name(), settle, sink));
      }
      clashes
          .computeIfAbsent(namespace.id(), id -> new TreeMap<>())
          .computeIfAbsent(group, id -> clash(scope, other));
      return Optional.empty();
    }

    private Finding clash(NacosScope scope, NacosScope other) {
      return new Finding(
          FindingCode.HOST_CLASH,
          "group " + scope.name(),
          name(),
          null,
          "must not come to the mesh namespace of another group, found '"
              + scope.meshNamespace()
              + "' for it and for '"
              + other.name()
              + "'; it is not read. Give one of their namespaces another `as`");
    }

    @Override
    public void change(Runnable change) {
      synchronized (lock) {
        change.run();
      }
    }

    @Override
    public void report(NamespaceWatcher watcher, Standing standing) {
      synchronized (lock) {
        watchers.put(watcher, standing);
      }
    }

    @Override
    public void send() {
      synchronized (lock) {
        for (NamespaceWatcher watcher : watchers.keySet()) {
          watcher.inventories().forEach(ScopeInventory::flush);
        }
        clashes.forEach(
            (namespaceId, found) ->
                sink.accept(
                    new SourceEvent.ScopeFindings(
                        namespaceId + "/*", false, List.copyOf(found.values()))));
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

    @Override
    public void sendSoon() {
      synchronized (lock) {
        if (isGathering) {
          return;
        }
        isGathering = true;
      }
      sender.after(
          GATHERING,
          () -> {
            synchronized (lock) {
              isGathering = false;
            }
            send();
          });
    }

    /**
     * One namespace that may not be read is a finding about its scopes, and the others go on; when
     * none may be read, the registry is as good as lost.
     */
    private @Nullable SourceEvent standing() {
      List<String> lost = new ArrayList<>();
      List<String> refused = new ArrayList<>();
      for (Standing standing : watchers.values()) {
        switch (standing) {
          case Standing.Lost(String reason) -> lost.add(reason);
          case Standing.Refused(String reason) -> refused.add(reason);
          case Standing.Read _, Standing.Unknown _ -> {}
        }
      }
      if (!lost.isEmpty() || refused.size() == watchers.size()) {
        lost.addAll(refused);
        return new SourceEvent.Lost(String.join("; ", lost));
      }
      boolean isComplete =
          watchers.entrySet().stream()
              .allMatch(
                  watched ->
                      !(watched.getValue() instanceof Standing.Unknown)
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
