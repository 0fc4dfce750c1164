package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.registry.core.SourceShell;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Services from ZooKeeper, as curator-x-discovery (Spring Cloud, Dubbo by application) and Dubbo by
 * interface register them. It writes nothing.
 *
 * <p>All is read at each connection, and then what watches tell of. Nodes of providers are
 * ephemeral: one that is gone after an outage may belong to a provider that has not come back yet.
 * They are told as they are; whoever doubts a sudden fall does so for all registries alike.
 */
public final class ZooKeeperSource extends SourceShell {

  /** The type's word in the configuration. */
  public static final String TYPE = "zookeeper";

  /** Events of one moment are read together. */
  private static final Duration GATHERING = Duration.ofMillis(20);

  private final ZooKeeperSettings settings;
  private final WatchedPaths paths;
  private final boolean watchesEachNode;

  private volatile @Nullable Connection following;
  private volatile boolean isConnected;
  private volatile boolean wasConnected;

  // On the source's thread, as all methods below.
  private @Nullable ZooKeeperSession session;
  private @Nullable ZooKeeperReader reader;
  private boolean isFollowing;
  private boolean isGathering;

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
    super(TYPE, settings.name());
    this.settings = settings;
    this.paths = new WatchedPaths(settings);
    this.watchesEachNode = watchesEachNode;
  }

  /** One session serves all connections: Curator finds servers again sooner than anybody else. */
  @Override
  protected void connect(Connection connection) throws IOException {
    following = connection;
    isGathering = false;
    ZooKeeperSession open = session;
    ZooKeeperReader all = reader;
    if (open == null || all == null) {
      open = new ZooKeeperSession(settings, new Following(), watchesEachNode);
      session = open;
      reader = new ZooKeeperReader(open, paths, new ZooKeeperInventory(settings, paths));
      open.start();
    } else if (isConnected) {
      follow(connection, open, all);
      return;
    }
    if (!wasConnected) {
      connection.after(settings.timing().answer(), this::checkFirstConnection);
    }
  }

  @Override
  protected void disconnect() {
    isFollowing = false;
  }

  @Override
  protected void end() {
    ZooKeeperSession open = session;
    session = null;
    if (open != null) {
      open.close();
    }
  }

  /** Curator says nothing of servers that it has never reached. */
  private void checkFirstConnection() throws IOException {
    throw new IOException(
        "No ZooKeeper server of "
            + String.join(", ", settings.servers())
            + " has answered for "
            + settings.timing().answer().toMillis()
            + " ms");
  }

  private void follow(Connection connection, ZooKeeperSession open, ZooKeeperReader all)
      throws IOException {
    all.readAll();
    lastAnswer().isNow();
    isFollowing = true;
    all.inventory().tell(this::tell);
    synced();
    gather(connection, all);
    connection.after(settings.timing().probe(), () -> probe(connection, open, all));
  }

  private void gather(Connection connection, ZooKeeperReader current) {
    if (isFollowing && !isGathering && current.isBehind()) {
      isGathering = true;
      connection.after(
          GATHERING,
          () -> {
            isGathering = false;
            current.readTouched();
            lastAnswer().isNow();
            current.inventory().tell(this::tell);
          });
    }
  }

  /** A server that hangs keeps its connections. What was refused is asked for again as well. */
  private void probe(Connection connection, ZooKeeperSession open, ZooKeeperReader current)
      throws IOException {
    open.probe(paths.roots().get(paths.roots().firstKey()));
    lastAnswer().isNow();
    current.touchRefused();
    gather(connection, current);
    connection.after(settings.timing().probe(), () -> probe(connection, open, current));
  }

  /** Passes on to the source's thread what a session says. */
  private final class Following implements ZooKeeperSession.Listener {

    @Override
    public void connected() {
      isConnected = true;
      wasConnected = true;
      restart();
    }

    @Override
    public void disconnected(String reason) {
      isConnected = false;
      Connection connection = following;
      if (connection != null) {
        connection.lost(reason);
      }
    }

    @Override
    public void changed(String path) {
      Connection connection = following;
      if (connection != null) {
        paths
            .touched(path)
            .ifPresent(
                touched ->
                    connection.execute(
                        () -> {
                          ZooKeeperReader current = reader;
                          if (current != null) {
                            current.touch(touched);
                            gather(connection, current);
                          }
                        }));
      }
    }
  }
}
