package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.Follower;
import dev.skiffmesh.registry.core.SourceShell;
import dev.skiffmesh.registry.nacos.NamespaceWatcher.Standing;
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
import org.jspecify.annotations.Nullable;

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
public final class NacosSource extends SourceShell {

  /** Calls at one time; enough for about 5,000 services in a second, few enough for a server. */
  private static final int CALLERS = 8;

  /** Pushes come in bursts: an estate that starts, a server that tells all again. */
  private static final Duration GATHERING = Duration.ofMillis(20);

  private final NacosSettings settings;
  private final NacosChannel.Factory channels;
  private final InstantSource clock;

  // Guarded by the lock, as all inventories are: servers push on threads of the client's.
  private final Object lock = new Object();
  private final Map<NamespaceWatcher, Standing> watchers = new LinkedHashMap<>();

  // On the source's thread.
  private final List<Follower> followers = new ArrayList<>();
  private @Nullable ExecutorService callers;

  /** A source that reads what the settings say; it does nothing until it is started. */
  public NacosSource(NacosSettings settings) {
    this(
        settings,
        (namespaceId, listener) -> new GrpcNacosChannel(settings, namespaceId, listener),
        InstantSource.system());
  }

  NacosSource(NacosSettings settings, NacosChannel.Factory channels, InstantSource clock) {
    super("nacos", settings.name());
    this.settings = settings;
    this.channels = channels;
    this.clock = clock;
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
  protected void connect(Connection connection) {
    String thread = "nacos-" + name() + "-";
    ExecutorService calls =
        Executors.newFixedThreadPool(CALLERS, Thread.ofVirtual().name(thread + "call").factory());
    callers = calls;
    Outlet outlet = new Outlet(connection);
    for (NacosSettings.Namespace namespace : settings.namespaces()) {
      List<PortionInventory> inventories = new ArrayList<>();
      for (String group : settings.namedGroups()) {
        inventories.add(outlet.found(namespace, group));
      }
      NamespaceWatcher watcher =
          new NamespaceWatcher(settings, namespace, inventories, channels, calls, clock, outlet);
      synchronized (lock) {
        watchers.put(watcher, new Standing.Unknown());
      }
    }
    for (NamespaceWatcher watcher : List.copyOf(watchers.keySet())) {
      followers.add(
          Follower.start(thread + watcher.namespaceId(), watcher::round, watcher::failed));
    }
  }

  @Override
  protected void disconnect() {
    followers.forEach(Follower::stop);
    ExecutorService calls = callers;
    if (calls != null) {
      calls.shutdownNow();
    }
    List<NamespaceWatcher> old;
    synchronized (lock) {
      old = List.copyOf(watchers.keySet());
      watchers.clear();
    }
    old.forEach(NamespaceWatcher::close);
    followers.forEach(Follower::close);
    followers.clear();
  }

  /** The one place where inventories change and events leave, one thread at a time. */
  private final class Outlet implements NamespaceWatcher.Owner {

    private final Connection connection;

    private final MeshNamespaces namespaces = new MeshNamespaces();
    private final Map<String, PortionInventory> inventories = new LinkedHashMap<>();
    private final List<PortionInventory> renamed = new ArrayList<>();
    private boolean isGathering;

    Outlet(Connection connection) {
      this.connection = connection;
    }

    @Override
    public PortionInventory found(NacosSettings.Namespace namespace, String group) {
      List<NacosPortion> portions = namespaces.add(namespace, group);
      for (NacosPortion other : portions.subList(1, portions.size())) {
        PortionInventory moved =
            Objects.requireNonNull(inventories.get(other.name()), other.name());
        moved.become(other);
        renamed.add(moved);
      }
      NacosPortion portion = portions.getFirst();
      PortionInventory added =
          new PortionInventory(portion, name(), settings.timing().settle(), NacosSource.this::tell);
      inventories.put(portion.name(), added);
      return added;
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
        watchers.replace(watcher, standing);
      }
    }

    @Override
    public void send() {
      synchronized (lock) {
        if (isGathering) {
          return;
        }
        isGathering = true;
      }
      connection.after(GATHERING, this::tellAll);
    }

    private void tellAll() {
      synchronized (lock) {
        isGathering = false;
        // What leaves a name comes before whoever gets it.
        renamed.forEach(PortionInventory::flush);
        renamed.clear();
        inventories.values().forEach(PortionInventory::flush);
        tell(new SourceEvent.PortionFindings("*", false, namespaces.clashes(name())));
        stand();
      }
    }

    /**
     * One namespace that may not be read is a finding about its portions, and the others go on;
     * when none may be read, the registry is as good as lost.
     */
    private void stand() {
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
        tell(new SourceEvent.Lost(String.join("; ", lost)));
      } else if (watchers.entrySet().stream().allMatch(this::isComplete)) {
        synced();
      }
    }

    private boolean isComplete(Map.Entry<NamespaceWatcher, Standing> watched) {
      return !(watched.getValue() instanceof Standing.Unknown)
          && watched.getKey().inventories().stream().allMatch(PortionInventory::isComplete);
    }
  }
}
