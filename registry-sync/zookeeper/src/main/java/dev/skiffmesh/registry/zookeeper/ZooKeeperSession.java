package dev.skiffmesh.registry.zookeeper;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * The connection to an ensemble. Curator finds servers and renews sessions; what is asked goes to
 * the client below it, thousands of questions at a time instead of one after the other.
 *
 * <p>Questions block and belong to one thread. Where the server has persistent recursive watches
 * (3.6), one on each root tells of everything; on older ones every question leaves a watch of its
 * own, so that {@link Listener#changed} tells the same.
 */
final class ZooKeeperSession implements AutoCloseable {

  /** Questions under way at one time; more would only lie in queues. */
  private static final int AT_ONCE = 1_000;

  /**
   * The names of all services are one message. The client's own bound of 1 MB is passed by some
   * twenty thousand interfaces, and breaks the connection again and again.
   */
  private static final int LARGEST_MESSAGE = 64 * 1024 * 1024;

  private final CuratorFramework client;
  private final Listener listener;
  private final Duration patience;
  private final Watcher watcher = this::happened;
  private boolean watchesEachNode;

  /** What a session says, on threads of the client; nothing may block there. */
  interface Listener {
    /** A server is there, for the first time or again. All must be read anew. */
    void connected();

    /**
     * No server is there.
     *
     * @param reason one sentence without its full stop
     */
    void disconnected(String reason);

    /** Something has happened at this path. */
    void changed(String path);
  }

  /**
   * Opens nothing yet.
   *
   * @param watchesEachNode as if the server had no persistent watches
   */
  ZooKeeperSession(ZooKeeperSettings settings, Listener listener, boolean watchesEachNode) {
    this.listener = listener;
    this.patience = settings.timing().answer();
    this.watchesEachNode = watchesEachNode;
    this.client = client(settings);
  }

  private static CuratorFramework client(ZooKeeperSettings settings) {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKClientConfig.JUTE_MAXBUFFER, Integer.toString(LARGEST_MESSAGE));
    int session = Math.toIntExact(settings.timing().session().toMillis());
    int answer = Math.toIntExact(settings.timing().answer().toMillis());
    CuratorFrameworkFactory.Builder builder =
        CuratorFrameworkFactory.builder()
            .connectString(String.join(",", settings.servers()))
            .sessionTimeoutMs(session)
            .connectionTimeoutMs(Math.min(session, answer))
            // The source tries again by itself; nothing here may be repeated behind its back.
            .retryPolicy((count, elapsed, sleeper) -> false)
            // Else the addresses that servers give each other take the place of those configured.
            .ensembleTracker(false)
            .zkClientConfig(config);
    if (settings.credentials().isPresent()) {
      String login = settings.credentials().username() + ":" + settings.credentials().password();
      builder.authorization("digest", login.getBytes(StandardCharsets.UTF_8));
    }
    return builder.build();
  }

  /** Begins to look for a server, and goes on until it is closed. */
  void start() {
    client.getConnectionStateListenable().addListener((_, state) -> connection(state));
    client.start();
  }

  private void connection(ConnectionState state) {
    switch (state) {
      case CONNECTED, RECONNECTED -> listener.connected();
      case SUSPENDED -> listener.disconnected("The connection to ZooKeeper is lost");
      case LOST -> listener.disconnected("ZooKeeper cannot be reached and the session has ended");
      case READ_ONLY -> {
        // Never asked for.
      }
    }
  }

  private void happened(WatchedEvent event) {
    if (event.getType() != Watcher.Event.EventType.None && event.getPath() != null) {
      listener.changed(event.getPath());
    }
  }

  /**
   * Watches all that lies below the roots and makes the server take in what the ensemble has agreed
   * upon: one that lags behind must not show an older state than was seen before.
   */
  void watch(Collection<String> roots) throws ZooKeeperLostException {
    ZooKeeper connection = connection();
    for (String root : roots) {
      CompletableFuture<Code> synced = new CompletableFuture<>();
      connection.sync(root, (code, _, _) -> synced.complete(Code.get(code)), null);
      Code code = answer(synced);
      if (code != Code.OK && code != Code.NONODE) {
        throw lost(KeeperException.create(code, root));
      }
      if (!watchesEachNode) {
        watchAllBelow(connection, root);
      }
    }
  }

  private void watchAllBelow(ZooKeeper connection, String root) throws ZooKeeperLostException {
    CompletableFuture<Code> added = new CompletableFuture<>();
    connection.addWatch(
        root,
        watcher,
        AddWatchMode.PERSISTENT_RECURSIVE,
        (code, _, _) -> added.complete(Code.get(code)),
        null);
    Code code = answer(added);
    switch (code) {
      case OK, NONODE, NOAUTH -> {
        // What may not be read is seen, and told, when it is read.
      }
      case UNIMPLEMENTED -> watchesEachNode = true;
      default -> throw lost(KeeperException.create(code, root));
    }
  }

  /** The names of the nodes' children, in the order of the paths. */
  Map<String, Answer<List<String>>> children(Collection<String> paths)
      throws ZooKeeperLostException {
    Map<String, Answer<List<String>>> answers =
        ask(
            paths,
            (connection, path, answer) ->
                connection.getChildren(
                    path,
                    watchOfOne(),
                    (code, _, _, names) -> complete(answer, code, path, names),
                    null));
    if (watchesEachNode) {
      watchForCreation(answers);
    }
    return answers;
  }

  /** Old servers tell of a node that comes only those who asked whether it exists. */
  private void watchForCreation(Map<String, Answer<List<String>>> answers)
      throws ZooKeeperLostException {
    List<String> missing =
        answers.entrySet().stream()
            .filter(entry -> entry.getValue() instanceof Answer.Missing)
            .map(Map.Entry::getKey)
            .toList();
    Map<String, Answer<Boolean>> now =
        ask(
            missing,
            (connection, path, answer) ->
                connection.exists(
                    path, watcher, (code, _, _, _) -> complete(answer, code, path, true), null));
    now.forEach(
        (path, answer) -> {
          if (answer instanceof Answer.Found) {
            listener.changed(path);
          }
        });
  }

  /** The nodes' contents as text, in the order of the paths. */
  Map<String, Answer<String>> contents(Collection<String> paths) throws ZooKeeperLostException {
    return ask(
        paths,
        (connection, path, answer) ->
            connection.getData(
                path,
                watchOfOne(),
                (code, _, _, data, _) ->
                    complete(
                        answer,
                        code,
                        path,
                        data == null ? "" : new String(data, StandardCharsets.UTF_8)),
                null));
  }

  /** Asks for something small. */
  void probe(String root) throws ZooKeeperLostException {
    ask(
        List.of(root),
        (connection, path, answer) ->
            connection.exists(
                path, false, (code, _, _, _) -> complete(answer, code, path, true), null));
  }

  private @Nullable Watcher watchOfOne() {
    return watchesEachNode ? watcher : null;
  }

  private interface Question<T> {
    void ask(ZooKeeper connection, String path, CompletableFuture<Answer<T>> answer);
  }

  private <T> Map<String, Answer<T>> ask(Collection<String> paths, Question<T> question)
      throws ZooKeeperLostException {
    ZooKeeper connection = connection();
    Map<String, Answer<T>> answers = new LinkedHashMap<>();
    List<String> all = new ArrayList<>(paths);
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      Map<String, CompletableFuture<Answer<T>>> asked = new LinkedHashMap<>();
      for (String path : all.subList(from, Math.min(all.size(), from + AT_ONCE))) {
        CompletableFuture<Answer<T>> answer = new CompletableFuture<>();
        asked.put(path, answer);
        question.ask(connection, path, answer);
      }
      for (Map.Entry<String, CompletableFuture<Answer<T>>> one : asked.entrySet()) {
        answers.put(one.getKey(), answer(one.getValue()));
      }
    }
    return answers;
  }

  private static <T> void complete(
      CompletableFuture<Answer<T>> answer, int number, String path, T value) {
    Code code = Code.get(number);
    switch (code) {
      case OK -> answer.complete(new Answer.Found<>(value));
      case NONODE -> answer.complete(new Answer.Missing<>());
      case NOAUTH -> answer.complete(new Answer.Refused<>());
      default -> answer.completeExceptionally(KeeperException.create(code, path));
    }
  }

  private <T> T answer(CompletableFuture<T> asked) throws ZooKeeperLostException {
    try {
      return asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw lost(failed.getCause() == null ? failed : failed.getCause());
    } catch (TimeoutException silent) {
      throw new ZooKeeperLostException(
          "ZooKeeper has not answered for " + patience.toMillis() + " ms", silent);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      throw lost(closing);
    }
  }

  private ZooKeeper connection() throws ZooKeeperLostException {
    try {
      return client.getZookeeperClient().getZooKeeper();
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      throw lost(closing);
    } catch (Exception noConnection) {
      // Curator declares no less.
      throw lost(noConnection);
    }
  }

  private static ZooKeeperLostException lost(Throwable cause) {
    String message = cause.getMessage();
    return new ZooKeeperLostException(
        "ZooKeeper cannot be read: "
            + (message == null ? cause.getClass().getSimpleName() : message),
        cause);
  }

  /** Ends the session; nothing is said any more once it has returned. */
  @Override
  public void close() {
    client.close();
  }
}
