package dev.skiffmesh.registry.etcd;

import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.DocumentScopes;
import dev.skiffmesh.registry.core.LastAnswer;
import dev.skiffmesh.registry.core.ScopeContent;
import dev.skiffmesh.registry.core.SourceThread;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies and services from documents in etcd, as a file source reads them from files: documents
 * of {@code kind: Service} are services, all others are passed on as policies.
 *
 * <p>A scope is a key. The prefix is listed, then watched from the listing's revision; whatever
 * breaks the watch (compaction, an interruption, a server that hangs) leads to another listing,
 * which is told as the difference to what is known. A key that cannot be read keeps its last good
 * content. Another history at the same address, as after a restore from a backup, is believed at
 * once unless it lacks known keys; then it is believed only after a while.
 */
public final class EtcdSource implements Source {

  /** The type's word in the configuration. */
  public static final String TYPE = "etcd";

  private static final Logger LOG = LoggerFactory.getLogger(EtcdSource.class);

  private final EtcdSettings settings;
  private final SourceThread thread;
  private final Backoff backoff;
  private final DocumentReader reader = new DocumentReader();
  private final LastAnswer lastAnswer = new LastAnswer();

  private volatile @Nullable ChangedOnly sink;

  // On the source's thread, as all methods below.
  private @Nullable DocumentScopes scopes;
  private @Nullable EtcdSession session;
  private @Nullable EtcdListing known;
  private @Nullable Long doubtedSince;
  private int failures;

  /** A source that is not yet started, on a thread of its own. */
  public EtcdSource(EtcdSettings settings) {
    this(settings, SourceThread.named("source-" + settings.name()), Backoff.DEFAULT);
  }

  /**
   * The same on another thread.
   *
   * @param thread the source's own, ended by {@link #close()}
   * @param backoff after failed attempts
   */
  EtcdSource(EtcdSettings settings, SourceThread thread, Backoff backoff) {
    this.settings = settings;
    this.thread = thread;
    this.backoff = backoff;
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return TYPE;
  }

  /** Documents are written by somebody; a key that is gone was deleted. */
  @Override
  public boolean isWritten() {
    return true;
  }

  /** Each answer to a listing or on the watch counts; they follow each other at {@code probe}. */
  @Override
  public Optional<Duration> silence() {
    return lastAnswer.age();
  }

  @Override
  public void start(Sink events) {
    ChangedOnly news = new ChangedOnly(events);
    sink = news;
    thread.execute(
        () -> {
          scopes = new DocumentScopes(news);
          connect();
        });
  }

  @Override
  public void close() {
    ChangedOnly events = sink;
    if (events != null) {
      events.close();
    }
    thread.close();
    // Nothing runs on the thread any more, so that this is the only user of the session.
    endSession();
  }

  private void endSession() {
    EtcdSession open = session;
    session = null;
    if (open != null) {
      open.close();
    }
  }

  private void connect() {
    try {
      EtcdSession opened = new EtcdSession(settings, thread, new Following());
      session = opened;
      opened.start();
    } catch (SSLException unusable) {
      lost("The certificates for etcd cannot be used: " + unusable.getMessage());
    }
  }

  private void lost(String reason) {
    session = null;
    failures++;
    Duration delay = backoff.delay(failures, RandomGenerator.getDefault());
    LOG.atWarn()
        .addKeyValue("source", settings.name())
        .addKeyValue("reason", reason)
        .addKeyValue("failures", failures)
        .log("etcd is lost");
    tell(new SourceEvent.Lost(reason));
    thread.after(delay, this::connect);
  }

  private void tell(SourceEvent event) {
    ChangedOnly events = sink;
    if (events != null) {
      events.accept(event);
    }
  }

  private void listed(EtcdListing listing) {
    EtcdListing before = known;
    if (before != null && !listing.continues(before) && isDoubtful(listing, before)) {
      return;
    }
    doubtedSince = null;
    failures = 0;
    SortedMap<String, ScopeContent> contents = new TreeMap<>();
    listing.keys().forEach((key, value) -> contents.put(key, content(key, value)));
    if (scopes != null) {
      scopes.become(contents);
    }
    known = new EtcdListing(listing.cluster(), listing.revision(), new TreeMap<>());
    tell(new SourceEvent.Synced());
  }

  /** Tells whether another history must wait until it is believed; then the session is over. */
  private boolean isDoubtful(EtcdListing listing, EtcdListing before) {
    Set<String> missing = new HashSet<>(scopes == null ? Set.of() : scopes.names());
    missing.removeAll(listing.keys().keySet());
    if (missing.isEmpty()) {
      return false;
    }
    long now = System.nanoTime();
    long since = doubtedSince == null ? now : doubtedSince;
    doubtedSince = since;
    if (now - since >= settings.timing().settle().toNanos()) {
      return false;
    }
    endSession();
    lost(
        "etcd has another history (revision "
            + listing.revision()
            + " after "
            + before.revision()
            + ") and lacks "
            + missing.size()
            + " of the known keys; it is believed if that is still so after "
            + settings.timing().settle().toSeconds()
            + " s");
    return true;
  }

  private void changed(SortedMap<String, Optional<Stored>> changes) {
    SortedMap<String, ScopeContent> changed = new TreeMap<>();
    Set<String> gone = new HashSet<>();
    changes.forEach(
        (key, value) ->
            value.ifPresentOrElse(
                stored -> changed.put(key, content(key, stored)), () -> gone.add(key)));
    if (scopes != null) {
      scopes.change(changed, gone);
    }
  }

  private ScopeContent content(String key, Stored value) {
    ScopeContent before = scopes == null ? ScopeContent.EMPTY : scopes.content(key);
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
    return before.replacedBy(reader.read(settings.name(), key, text.get()));
  }

  /** What a session says. */
  private final class Following implements EtcdSession.Listener {

    @Override
    public void listed(EtcdListing listing) {
      EtcdSource.this.listed(listing);
    }

    @Override
    public void changed(SortedMap<String, Optional<Stored>> changes) {
      EtcdSource.this.changed(changes);
    }

    @Override
    public void answered() {
      lastAnswer.isNow();
    }

    @Override
    public void ended(String reason, boolean isLoss) {
      if (isLoss) {
        lost(reason);
        return;
      }
      LOG.atInfo()
          .addKeyValue("source", settings.name())
          .addKeyValue("reason", reason)
          .log("etcd is listed again");
      connect();
    }
  }
}
