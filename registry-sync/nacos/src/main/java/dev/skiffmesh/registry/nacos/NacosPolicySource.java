package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.DocumentPortions;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.PortionContent;
import dev.skiffmesh.registry.core.SourceShell;
import dev.skiffmesh.registry.nacos.ConfigChannel.Reading;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies from Nacos's configuration: the same documents as in files, one or several in a data id.
 *
 * <p>A portion is a data id. A listing finds new ones and those that are gone, which is believed
 * once a question for that very data id says the same; changes are pushed. A content that cannot be
 * read keeps its last good version. After a loss, data ids that are missing are kept for a while,
 * since a server that restarts with an empty database lists nothing.
 */
public final class NacosPolicySource extends SourceShell {

  /** The type's word in the configuration. */
  public static final String TYPE = "nacos-config";

  private static final Logger LOG = LoggerFactory.getLogger(NacosPolicySource.class);

  /** Of a call by HTTP; as long as the gRPC client waits. */
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private final NacosPolicySettings settings;
  private final NacosLogin login;
  private final ConfigListing listing;
  private final ConfigChannel channel;
  private final DocumentReader reader = new DocumentReader();

  private volatile @Nullable Connection current;

  // On the source's thread, as all methods below.
  private final DocumentPortions portions = new DocumentPortions(this::tell);
  private final SortedMap<String, String> versions = new TreeMap<>();
  private final Map<String, Long> lateSince = new HashMap<>();
  private boolean isOpen;
  private boolean wasLost;
  private @Nullable Long missingSince;

  /** A source that is not yet started, on a thread of its own. */
  public NacosPolicySource(NacosPolicySettings settings) {
    super(TYPE, settings.name());
    this.settings = settings;
    this.login = NacosLogin.of(settings.connection());
    this.listing = new ConfigListing(settings, login, ANSWER);
    this.channel = new ConfigChannel(settings, login, this::changed);
  }

  /** Documents are written by somebody; a data id that is gone was deleted. */
  @Override
  public boolean isWritten() {
    return true;
  }

  /** On a thread of the client's. */
  private void changed(String dataId) {
    Connection connection = current;
    if (connection != null) {
      connection.execute(() -> pushed(dataId));
    }
  }

  /** The channel finds its server again by itself, so that it outlives connections. */
  @Override
  protected void connect(Connection connection) throws IOException, InterruptedException {
    current = connection;
    try {
      if (!isOpen) {
        channel.open();
        isOpen = true;
      }
      look();
    } catch (NacosException failure) {
      throw lost(failure);
    }
    connection.after(settings.connection().timing().discovery(), () -> connect(connection));
  }

  @Override
  protected void disconnect() {
    wasLost = true;
  }

  @Override
  protected void end() {
    channel.close();
    listing.close();
    login.close();
  }

  private void look() throws NacosException, InterruptedException {
    SortedMap<String, String> listed = listing.list();
    SortedSet<String> toRead = new TreeSet<>(versions.keySet());
    toRead.removeAll(listed.keySet());
    listed.forEach(
        (dataId, version) -> {
          if (version.isEmpty() || !version.equals(versions.get(dataId))) {
            toRead.add(dataId);
          }
        });
    SortedMap<String, PortionContent> changed = new TreeMap<>();
    Set<String> gone = new HashSet<>();
    boolean isWhole = true;
    for (String dataId : toRead) {
      switch (channel.read(dataId)) {
        case Reading.Content(String text, String version) -> {
          changed.put(portion(dataId), content(dataId, text));
          versions.put(dataId, version);
          lateSince.remove(dataId);
        }
        case Reading.Missing _ -> {
          if (!listed.containsKey(dataId)) {
            gone.add(dataId);
          } else if (isLate(dataId)) {
            changed.put(portion(dataId), withheld(dataId));
          } else {
            // Listed from the database, and the server's own copy has not got it yet.
            isWhole = false;
          }
        }
        case Reading.Busy _ -> isWhole = false;
      }
    }
    lastAnswer().isNow();
    change(changed, believed(gone));
    channel.hear(versions);
    if (isWhole && missingSince == null) {
      wasLost = false;
      synced();
    }
  }

  /** Tells whether a data id has been listed and not been there for longer than copying takes. */
  private boolean isLate(String dataId) {
    long now = System.nanoTime();
    Long since = lateSince.putIfAbsent(dataId, now);
    return since != null && now - since >= settings.connection().timing().settle().toNanos();
  }

  private PortionContent withheld(String dataId) {
    String portion = portion(dataId);
    PortionContent before = portions.content(portion);
    return before.refused(
        new Finding(
            FindingCode.MALFORMED_ENTRY,
            portion,
            portion,
            null,
            "must have a content, found none although Nacos lists it"));
  }

  /** Those of {@code gone} that are believed to be so. */
  private Set<String> believed(Set<String> gone) {
    long now = System.nanoTime();
    if (gone.isEmpty() || !wasLost) {
      missingSince = null;
      return gone;
    }
    long since = missingSince == null ? now : missingSince;
    missingSince = since;
    if (now - since < settings.connection().timing().settle().toNanos()) {
      return Set.of();
    }
    missingSince = null;
    return gone;
  }

  private void pushed(String dataId) {
    if (!dataId.startsWith(settings.prefix())) {
      return;
    }
    try {
      switch (channel.read(dataId)) {
        case Reading.Content(String text, String version) -> {
          change(new TreeMap<>(Map.of(portion(dataId), content(dataId, text))), Set.of());
          versions.put(dataId, version);
        }
        // In a loss it may be a server that has lost its memory; the next listing decides.
        case Reading.Missing _ -> {
          if (!wasLost) {
            change(new TreeMap<>(), Set.of(dataId));
          }
        }
        case Reading.Busy _ -> {}
      }
    } catch (NacosException failure) {
      LOG.atDebug()
          .addKeyValue("source", settings.name())
          .addKeyValue("dataId", dataId)
          .setCause(failure)
          .log("A change is read with the next listing");
    }
  }

  private void change(SortedMap<String, PortionContent> changed, Set<String> gone) {
    Set<String> portionsGone = new HashSet<>();
    for (String dataId : gone) {
      versions.remove(dataId);
      lateSince.remove(dataId);
      channel.forget(dataId);
      portionsGone.add(portion(dataId));
    }
    portions.change(changed, portionsGone);
  }

  private PortionContent content(String dataId, String text) {
    String portion = portion(dataId);
    PortionContent before = portions.content(portion);
    return before.replacedBy(PortionContent.of(reader.read(settings.name(), portion, text)));
  }

  /** As people would look for it in Nacos's console. */
  private String portion(String dataId) {
    String tenant = settings.tenant();
    return (tenant.isEmpty() ? "" : tenant + "/") + settings.group() + "/" + dataId;
  }

  private IOException lost(NacosException failure) {
    return new IOException(
        "Nacos at "
            + settings.connection().server()
            + (failure.getErrCode() == NacosException.NO_RIGHT
                ? " refuses to be read: "
                : " does not answer: ")
            + failure.getErrMsg(),
        failure);
  }
}
