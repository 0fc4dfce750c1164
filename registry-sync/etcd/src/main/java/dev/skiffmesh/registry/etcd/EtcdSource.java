package dev.skiffmesh.registry.etcd;

import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.DocumentPortions;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.PortionContent;
import dev.skiffmesh.registry.core.SourceShell;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies and services from documents in etcd, as a file source reads them from files: documents
 * of {@code kind: Service} are services, all others are passed on as policies.
 *
 * <p>A portion is a key. The prefix is listed, then watched from the listing's revision; whatever
 * breaks the watch (compaction, an interruption, a server that hangs) leads to another listing,
 * which is told as the difference to what is known. A key that cannot be read keeps its last good
 * content. Another history at the same address, as after a restore from a backup, is believed at
 * once unless it lacks known keys; then it is believed only after a while.
 */
public final class EtcdSource extends SourceShell {

  /** The type's word in the configuration. */
  public static final String TYPE = "etcd";

  private static final Logger LOG = LoggerFactory.getLogger(EtcdSource.class);

  private final EtcdSettings settings;
  private final DocumentReader reader = new DocumentReader();

  // On the source's thread, as all methods below.
  private final DocumentPortions portions = new DocumentPortions(this::tell);
  private @Nullable EtcdSession session;
  private @Nullable EtcdListing known;
  private @Nullable Long doubtedSince;

  /** A source that is not yet started, on a thread of its own. */
  public EtcdSource(EtcdSettings settings) {
    super(TYPE, settings.name());
    this.settings = settings;
  }

  /** Documents are written by somebody; a key that is gone was deleted. */
  @Override
  public boolean isWritten() {
    return true;
  }

  @Override
  protected void connect(Connection connection) throws IOException {
    try {
      EtcdSession opened = new EtcdSession(settings, connection, new Following(connection));
      session = opened;
      opened.start();
    } catch (SSLException unusable) {
      throw new IOException(
          "The certificates for etcd cannot be used: " + unusable.getMessage(), unusable);
    }
  }

  @Override
  protected void disconnect() {
    EtcdSession open = session;
    session = null;
    if (open != null) {
      open.close();
    }
  }

  private void listed(EtcdListing listing) throws IOException {
    EtcdListing before = known;
    if (before != null && !listing.continues(before)) {
      doubt(listing, before);
    }
    doubtedSince = null;
    SortedMap<String, PortionContent> contents = new TreeMap<>();
    listing.keys().forEach((key, value) -> contents.put(key, content(key, value)));
    portions.become(contents);
    known = new EtcdListing(listing.cluster(), listing.revision(), new TreeMap<>());
    synced();
  }

  /** Refuses another history that must wait until it is believed. */
  private void doubt(EtcdListing listing, EtcdListing before) throws IOException {
    Set<String> missing = new HashSet<>(portions.names());
    missing.removeAll(listing.keys().keySet());
    long now = System.nanoTime();
    long since = doubtedSince == null ? now : doubtedSince;
    if (missing.isEmpty() || now - since >= settings.timing().settle().toNanos()) {
      return;
    }
    doubtedSince = since;
    throw new IOException(
        "etcd has another history (revision "
            + listing.revision()
            + " after "
            + before.revision()
            + ") and lacks "
            + missing.size()
            + " of the known keys; it is believed if that is still so after "
            + settings.timing().settle().toSeconds()
            + " s");
  }

  private void changed(SortedMap<String, Optional<Stored>> changes) {
    SortedMap<String, PortionContent> changed = new TreeMap<>();
    Set<String> gone = new HashSet<>();
    changes.forEach(
        (key, value) ->
            value.ifPresentOrElse(
                stored -> changed.put(key, content(key, stored)), () -> gone.add(key)));
    portions.change(changed, gone);
  }

  private PortionContent content(String key, Stored value) {
    PortionContent before = portions.content(key);
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return before.refused(
          new Finding(
              FindingCode.UNREADABLE_TEXT,
              key,
              new Origin(settings.name(), key, Position.NONE).toString(),
              null,
              "must be UTF-8"));
    }
    return before.replacedBy(PortionContent.of(reader.read(settings.name(), key, text.get())));
  }

  /** What a session says. */
  private final class Following implements EtcdSession.Listener {

    private final Connection connection;

    Following(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void listed(EtcdListing listing) throws IOException {
      EtcdSource.this.listed(listing);
    }

    @Override
    public void changed(SortedMap<String, Optional<Stored>> changes) {
      EtcdSource.this.changed(changes);
    }

    @Override
    public void answered() {
      lastAnswer().isNow();
    }

    @Override
    public void ended(String reason, boolean isLoss) {
      if (isLoss) {
        connection.lost(reason);
        return;
      }
      LOG.atInfo()
          .addKeyValue("source", settings.name())
          .addKeyValue("reason", reason)
          .log("etcd is listed again");
      restart();
    }
  }
}
