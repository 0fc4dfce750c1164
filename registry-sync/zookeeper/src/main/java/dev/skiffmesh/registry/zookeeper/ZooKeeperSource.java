package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.LastAnswer;
import dev.skiffmesh.registry.core.SourceThread;
import dev.skiffmesh.registry.zookeeper.WatchedPaths.Touched;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services from ZooKeeper, as curator-x-discovery (Spring Cloud, Dubbo by application) and Dubbo by
 * interface register them. It writes nothing.
 *
 * <p>All is read at each connection, and then what watches tell of. Nodes of providers are
 * ephemeral: one that is gone after an outage may belong to a provider that has not come back yet.
 * They are told as they are; whoever doubts a sudden fall does so for all registries alike.
 */
public final class ZooKeeperSource implements Source {

  /** The type's word in the configuration. */
  public static final String TYPE = "zookeeper";

  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperSource.class);

  /** Events of one moment are read together. */
  private static final Duration GATHERING = Duration.ofMillis(20);

  private final ZooKeeperSettings settings;
  private final WatchedPaths paths;
  private final SourceThread thread;
  private final Backoff backoff;
  private final boolean watchesEachNode;
  private final LastAnswer lastAnswer = new LastAnswer();
  private final AtomicReference<@Nullable ChangedOnly> sink = new AtomicReference<>();
  private final AtomicReference<@Nullable ZooKeeperSession> session = new AtomicReference<>();

  // On the source's thread, as all methods below that use them.
  private @Nullable ZooKeeperReader reader;
  private boolean isFollowing;
  private boolean isGathering;
  private boolean wasConnected;
  private int connection;
  private int failures;

  /** A source that is not yet started, on a thread of its own. */
  public ZooKeeperSource(ZooKeeperSettings settings) {
    this(settings, false);
  }

  /**
   * The same on a server that has no persistent watches, or as if it had none.
   *
   * @param watchesEachNode as before ZooKeeper 3.6
   */
  ZooKeeperSource(ZooKeeperSettings settings, boolean watchesEachNode) {
    this.settings = settings;
    this.paths = new WatchedPaths(settings);
    this.thread = SourceThread.named("source-" + settings.name());
    this.backoff = Backoff.DEFAULT;
    this.watchesEachNode = watchesEachNode;
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
    ChangedOnly news = new ChangedOnly(events);
    sink.set(news);
    thread.execute(
        () -> {
          ZooKeeperSession opened =
              new ZooKeeperSession(settings, new Following(), watchesEachNode);
          session.set(opened);
          reader = new ZooKeeperReader(opened, paths, new ZooKeeperInventory(settings, paths));
          opened.start();
          thread.after(settings.timing().answer(), this::checkFirstConnection);
          thread.after(settings.timing().probe(), this::probe);
        });
  }

  @Override
  public void close() {
    ChangedOnly events = sink.get();
    if (events != null) {
      events.close();
    }
    thread.close();
    // Nothing runs on the thread any more, so that this is the only user of the session.
    ZooKeeperSession open = session.getAndSet(null);
    if (open != null) {
      open.close();
    }
  }

  /** Curator says nothing of servers that it has never reached. */
  private void checkFirstConnection() {
    if (!wasConnected) {
      lost(
          "No ZooKeeper server of "
              + String.join(", ", settings.servers())
              + " has answered for "
              + settings.timing().answer().toMillis()
              + " ms");
    }
  }

  private void connected() {
    wasConnected = true;
    isFollowing = false;
    failures = 0;
    connection++;
    follow(connection);
  }

  private void disconnected(String reason) {
    isFollowing = false;
    connection++;
    lost(reason);
  }

  /** Reads all; what comes on an older connection is over. */
  private void follow(int since) {
    ZooKeeperReader all = reader;
    ChangedOnly events = sink.get();
    if (since != connection || all == null || events == null) {
      return;
    }
    try {
      all.readAll();
      lastAnswer.isNow();
      isFollowing = true;
      failures = 0;
      all.inventory().tell(events);
      events.accept(new SourceEvent.Synced());
      gather();
    } catch (ZooKeeperLostException lost) {
      failed(lost);
    }
  }

  private void failed(ZooKeeperLostException failure) {
    isFollowing = false;
    failures++;
    lost(failure.reason());
    int since = connection;
    thread.after(backoff.delay(failures, RandomGenerator.getDefault()), () -> follow(since));
  }

  private void lost(String reason) {
    LOG.atWarn()
        .addKeyValue("source", settings.name())
        .addKeyValue("reason", reason)
        .addKeyValue("failures", failures)
        .log("ZooKeeper is lost");
    ChangedOnly events = sink.get();
    if (events != null) {
      events.accept(new SourceEvent.Lost(reason));
    }
  }

  private void changed(Touched touched) {
    if (reader != null) {
      reader.touch(touched);
      gather();
    }
  }

  private void gather() {
    if (isFollowing && !isGathering && reader != null && reader.isBehind()) {
      isGathering = true;
      thread.after(GATHERING, this::readTouched);
    }
  }

  private void readTouched() {
    isGathering = false;
    ZooKeeperReader current = reader;
    ChangedOnly events = sink.get();
    if (!isFollowing || current == null || events == null) {
      return;
    }
    try {
      current.readTouched();
      lastAnswer.isNow();
      current.inventory().tell(events);
    } catch (ZooKeeperLostException lost) {
      failed(lost);
    }
  }

  /** A server that hangs keeps its connections. What was refused is asked for again as well. */
  private void probe() {
    ZooKeeperSession open = session.get();
    ZooKeeperReader current = reader;
    try {
      if (isFollowing && open != null && current != null) {
        open.probe(paths.roots().get(paths.roots().firstKey()));
        lastAnswer.isNow();
        current.touchRefused();
        gather();
      }
    } catch (ZooKeeperLostException lost) {
      failed(lost);
    } finally {
      thread.after(settings.timing().probe(), this::probe);
    }
  }

  /** Passes on to the source's thread what a session says. */
  private final class Following implements ZooKeeperSession.Listener {

    @Override
    public void connected() {
      thread.execute(ZooKeeperSource.this::connected);
    }

    @Override
    public void disconnected(String reason) {
      thread.execute(() -> ZooKeeperSource.this.disconnected(reason));
    }

    @Override
    public void changed(String path) {
      paths
          .touched(path)
          .ifPresent(touched -> thread.execute(() -> ZooKeeperSource.this.changed(touched)));
    }
  }
}
