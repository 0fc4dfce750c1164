package dev.skiffmesh.registry.etcd;

import dev.skiffmesh.registry.core.PemTls;
import dev.skiffmesh.registry.core.SourceShell;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to etcd: it lists the prefix, then watches it from the listing's moment, and asks
 * again and again whether the server is still there. It ends with the first thing that goes wrong,
 * and whoever wants to go on opens another. All of it runs on the source's thread; what the
 * client's own threads say is passed on to it.
 */
final class EtcdSession implements AutoCloseable {

  /** A listing comes in pieces, so that none exceeds what a message may hold. */
  private static final int PAGE = 500;

  /** etcd takes values of at most 1.5 MB by default; a page of large ones must still pass. */
  private static final int LARGEST_MESSAGE = 256 * 1024 * 1024;

  private final EtcdSettings settings;
  private final SourceShell.Connection connection;
  private final Listener listener;
  private final Client client;
  private final ByteSequence prefix;
  private final SortedMap<String, Stored> listed = new TreeMap<>();

  private boolean closed;
  private Watch.@Nullable Watcher watcher;
  private long cluster;
  private long revision;
  private boolean watching;
  private long heard = System.nanoTime();

  /** What a session says; called on the source's thread and never after {@link #close()}. */
  interface Listener {
    /**
     * All that there is; the watch follows from here.
     *
     * @throws IOException if it is not believed, and the session is over
     */
    void listed(EtcdListing listing) throws IOException;

    /** What has changed since: the new value of each key, empty for one that is gone. */
    void changed(SortedMap<String, Optional<Stored>> changes);

    /** The server has answered, and everything up to then has been told. */
    void answered();

    /**
     * The session is over.
     *
     * @param reason one sentence without its full stop
     * @param isLoss false if the server is there and only the watch has lost its place
     */
    void ended(String reason, boolean isLoss);
  }

  /**
   * Opens a connection; nothing is asked yet.
   *
   * @throws SSLException if the certificates cannot be used
   */
  EtcdSession(EtcdSettings settings, SourceShell.Connection connection, Listener listener)
      throws SSLException {
    this.settings = settings;
    this.connection = connection;
    this.listener = listener;
    this.prefix = ByteSequence.from(settings.prefix(), StandardCharsets.UTF_8);
    this.client = client(settings);
  }

  private static Client client(EtcdSettings settings) throws SSLException {
    Duration answer = settings.timing().answer();
    ClientBuilder builder =
        Client.builder()
            .endpoints(settings.endpoints())
            .connectTimeout(answer)
            .keepaliveTime(Duration.ofSeconds(10))
            .keepaliveTimeout(answer)
            .keepaliveWithoutCalls(true)
            .maxInboundMessageSize(LARGEST_MESSAGE)
            // A call says what is wrong instead of waiting for a server that is not there.
            .waitForReady(false)
            .retryMaxAttempts(1);
    if (settings.isSecure()) {
      builder.sslContext(tls(settings.tls()));
    }
    if (settings.credentials().isPresent()) {
      builder
          .user(ByteSequence.from(settings.credentials().username(), StandardCharsets.UTF_8))
          .password(ByteSequence.from(settings.credentials().password(), StandardCharsets.UTF_8));
    }
    return builder.build();
  }

  private static SslContext tls(PemTls tls) throws SSLException {
    SslContextBuilder builder = GrpcSslContexts.forClient();
    Path ca = tls.ca();
    Path certificate = tls.certificate();
    Path key = tls.key();
    try {
      if (ca != null) {
        builder.trustManager(ca.toFile());
      }
      if (certificate != null && key != null) {
        builder.keyManager(certificate.toFile(), key.toFile());
      }
      return builder.build();
    } catch (IllegalArgumentException unusable) {
      throw new SSLException(unusable.getMessage(), unusable);
    }
  }

  /** Begins. */
  void start() {
    list(prefix, 0);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Both outcomes are handled where it completes.
  private void list(ByteSequence from, long at) {
    GetOption option =
        GetOption.builder()
            .withRange(OptionsUtil.prefixEndOf(prefix))
            .withLimit(PAGE)
            .withRevision(at)
            .build();
    client
        .getKVClient()
        .get(from, option)
        .orTimeout(settings.timing().answer().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (page, failure) ->
                onThread(
                    () -> {
                      if (failure != null) {
                        end(failure);
                      } else {
                        page(page, at);
                      }
                    }));
  }

  private void page(GetResponse page, long at) throws IOException {
    long moment = at == 0 ? page.getHeader().getRevision() : at;
    for (KeyValue entry : page.getKvs()) {
      listed.put(text(entry.getKey()), new Stored(entry.getValue().getBytes()));
    }
    if (page.isMore()) {
      ByteSequence last = page.getKvs().getLast().getKey();
      list(last.concat(ByteSequence.from(new byte[] {0})), moment);
      return;
    }
    cluster = page.getHeader().getClusterId();
    revision = moment;
    listener.answered();
    listener.listed(new EtcdListing(cluster, revision, listed));
    listed.clear();
    watch();
  }

  private void watch() {
    WatchOption option =
        WatchOption.builder()
            .isPrefix(true)
            .withRevision(revision + 1)
            .withRequireLeader(true)
            .withCreateNotify(true)
            .withProgressNotify(true)
            .build();
    heard = System.nanoTime();
    watcher =
        client
            .getWatchClient()
            .watch(
                prefix,
                option,
                Watch.listener(
                    response -> onThread(() -> seen(response)),
                    failure -> onThread(() -> end(failure)),
                    () -> onThread(() -> end("The watch has ended", false))));
    connection.after(settings.timing().probe(), this::probe);
  }

  private void seen(WatchResponse response) {
    heard = System.nanoTime();
    if (response.getHeader().getClusterId() != cluster) {
      end("Another etcd cluster answers at the same address", false);
      return;
    }
    if (response.isCreatedNotify()) {
      if (watching) {
        // The client has opened the watch again by itself, from the moment at which the server
        // confirmed it and not from the last event that it had passed on.
        end("The watch was interrupted", false);
        return;
      }
      watching = true;
      return;
    }
    if (response.getHeader().getRevision() < revision) {
      end("The cluster's revisions have begun anew", false);
      return;
    }
    revision = response.getHeader().getRevision();
    listener.answered();
    SortedMap<String, Optional<Stored>> changes = changes(response);
    if (!changes.isEmpty()) {
      listener.changed(changes);
    }
  }

  private static SortedMap<String, Optional<Stored>> changes(WatchResponse response) {
    SortedMap<String, Optional<Stored>> changes = new TreeMap<>();
    for (WatchEvent event : response.getEvents()) {
      String key = text(event.getKeyValue().getKey());
      switch (event.getEventType()) {
        case PUT ->
            changes.put(key, Optional.of(new Stored(event.getKeyValue().getValue().getBytes())));
        case DELETE -> changes.put(key, Optional.empty());
        case UNRECOGNIZED -> throw new IllegalStateException("etcd knows puts and deletes alone");
      }
    }
    return changes;
  }

  /** A server that hangs keeps its connections, so that silence is all there is to see. */
  private void probe() {
    if (closed) {
      return;
    }
    Duration silence = Duration.ofNanos(System.nanoTime() - heard);
    if (silence.compareTo(settings.timing().answer()) > 0) {
      end("etcd has not answered for " + silence.toSeconds() + " s", true);
      return;
    }
    client.getWatchClient().requestProgress();
    askForPermission();
    connection.after(settings.timing().probe(), this::probe);
  }

  /**
   * An open watch is never asked again whether its user may read (seen on etcd 3.4.23): it goes on
   * after the user's role was revoked. A question for one key of the prefix is asked each time, and
   * needs a majority of the cluster to be answered.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // A failure is handled where it arrives.
  private void askForPermission() {
    client
        .getKVClient()
        .get(prefix)
        .orTimeout(settings.timing().answer().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                onThread(() -> end(failure));
              }
            });
  }

  private void onThread(SourceShell.Step step) {
    connection.execute(
        () -> {
          if (!closed) {
            step.run();
          }
        });
  }

  private void end(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof CompactedException)) {
      cause = cause.getCause();
    }
    switch (cause) {
      case CompactedException compacted ->
          end("What was to be read is compacted up to " + compacted.getCompactedRevision(), false);
      case TimeoutException _ ->
          end("etcd has not answered for " + settings.timing().answer().toSeconds() + " s", true);
      default -> end(EtcdFailures.reason(cause), true);
    }
  }

  private void end(String reason, boolean isLoss) {
    if (!closed) {
      close();
      listener.ended(reason, isLoss);
    }
  }

  /** Closes the connection; nothing is said any more. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Watch.Watcher open = watcher;
    if (open != null) {
      open.close();
    }
    client.close();
  }

  private static String text(ByteSequence key) {
    return key.toString(StandardCharsets.UTF_8);
  }
}
