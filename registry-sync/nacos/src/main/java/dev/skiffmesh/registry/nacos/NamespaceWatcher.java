package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import dev.skiffmesh.registry.core.LastAnswer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one namespace on one channel: lists its groups at an interval, subscribes to what it
 * finds, and finds out when the connection is gone. Its rounds are one thread's; pushes come from
 * others.
 */
final class NamespaceWatcher {

  private static final Logger LOG = LoggerFactory.getLogger(NamespaceWatcher.class);

  /** How often the connection is looked at; a look is two reads of memory. */
  private static final Duration TICK = Duration.ofMillis(100);

  /**
   * The client calls itself unhealthy for some milliseconds after any failed request, so that one
   * look proves nothing.
   */
  private static final int LOOKS_UNTIL_LOST = 3;

  /** Services come in bursts when an estate starts; one listing takes many of them. */
  private static final Duration LEAST_BETWEEN_LISTINGS = Duration.ofMillis(300);

  /** Heals what a server has not told, and notices when it stops telling. */
  private static final Duration WATCH_AGAIN_AFTER = Duration.ofSeconds(60);

  private final NacosSettings settings;
  private final NacosSettings.Namespace namespace;
  private final List<PortionInventory> inventories = new CopyOnWriteArrayList<>();
  private final NacosChannel channel;
  private final PortionReader reader;
  private final InstantSource clock;
  private final Owner owner;

  private final LastAnswer lastAnswer = new LastAnswer();

  private boolean isOpen;
  private long connection;
  private int looksWithoutConnection;
  private @Nullable Instant nextListing;
  private Instant lastListing = Instant.MIN;
  private Instant nextWatch = Instant.MIN;
  private volatile boolean isOutdated;

  /** Who holds the lock over all inventories and sends what they changed. */
  interface Owner {
    /** Runs {@code change}, which touches inventories, alone. */
    void change(Runnable change);

    /** The inventory of a group that was found. Called with the lock held. */
    PortionInventory found(NacosSettings.Namespace namespace, String group);

    /** Takes the watcher's finding. */
    void report(NamespaceWatcher watcher, Standing standing);

    /** Tells what changed within the next moment, together. */
    void send();
  }

  /** What a watcher knows of its server. */
  sealed interface Standing {
    /** Nothing yet. */
    record Unknown() implements Standing {}

    /** It answers. */
    record Read() implements Standing {}

    /** It answers, and lets nothing of the namespace be read. */
    record Refused(String reason) implements Standing {}

    /** It does not answer. */
    record Lost(String reason) implements Standing {}
  }

  NamespaceWatcher(
      NacosSettings settings,
      NacosSettings.Namespace namespace,
      List<PortionInventory> inventories,
      NacosChannel.Factory channels,
      ExecutorService callers,
      InstantSource clock,
      Owner owner) {
    this.settings = settings;
    this.namespace = namespace;
    this.inventories.addAll(inventories);
    this.clock = clock;
    this.owner = owner;
    this.channel = channels.create(namespace.id(), new Pushes());
    this.reader = new PortionReader(settings.services(), channel, callers, clock, owner);
  }

  /** Those of the named groups, then those that were found; grows. */
  List<PortionInventory> inventories() {
    return inventories;
  }

  /**
   * How long ago all groups were listed; empty if they never were. The client's own health check is
   * no proof: it calls a server that has hung well for a quarter of a minute.
   */
  Optional<Duration> silence() {
    return lastAnswer.age();
  }

  String namespaceId() {
    return namespace.id();
  }

  /**
   * Looks once.
   *
   * @return when to look again
   * @throws IOException if there is a setting that the client refuses
   */
  Duration round() throws IOException, InterruptedException {
    try {
      if (!isOpen) {
        channel.open();
        isOpen = true;
      }
    } catch (NacosException refused) {
      throw new IOException("The Nacos client does not work: " + refused.getMessage(), refused);
    }
    look();
    owner.send();
    return TICK;
  }

  /** A round came to no end; nothing that a server says may do that. */
  void failed(Throwable failure) {
    owner.change(() -> inventories.forEach(PortionInventory::disconnected));
    nextListing = null;
    owner.report(
        this,
        new Standing.Lost(
            failure instanceof IOException
                ? String.valueOf(failure.getMessage())
                : place() + " cannot be followed: " + failure));
    owner.send();
  }

  /** No call of the channel works afterwards. */
  void close() {
    reader.close();
    channel.close();
  }

  /** What the channel's threads bring. */
  private final class Pushes implements NacosChannel.Listener {
    @Override
    public void pushed(Registration registration) {
      for (PortionInventory inventory : inventories) {
        if (inventory.portion().group().equals(registration.group())) {
          owner.change(() -> inventory.told(registration, clock.instant()));
          owner.send();
        }
      }
    }

    @Override
    public void servicesChanged() {
      isOutdated = true;
    }
  }

  private void look() throws InterruptedException {
    if (!channel.isConnected()) {
      looksWithoutConnection++;
      if (looksWithoutConnection == LOOKS_UNTIL_LOST) {
        lost("cannot be reached");
      }
      return;
    }
    looksWithoutConnection = 0;
    if (connection != channel.connection()) {
      connection = channel.connection();
      owner.change(() -> inventories.forEach(PortionInventory::disconnected));
      nextListing = null;
      nextWatch = Instant.MIN;
    }
    Instant now = clock.instant();
    if (isDue(now)) {
      // Before the listing, so that what comes during it is looked at afterwards.
      isOutdated = false;
      lastListing = now;
      nextListing = now.plus(settings.timing().discovery());
      readAll(now);
    } else {
      describeAll();
    }
    owner.change(() -> inventories.forEach(inventory -> inventory.settle(clock.instant())));
  }

  private void describeAll() throws InterruptedException {
    try {
      for (PortionInventory inventory : inventories) {
        reader.describe(inventory);
      }
    } catch (NacosException e) {
      lost("does not answer: " + PortionReader.words(e));
    }
  }

  private boolean isDue(Instant now) {
    return nextListing == null
        || !now.isBefore(nextListing)
        || (isOutdated && !now.isBefore(lastListing.plus(LEAST_BETWEEN_LISTINGS)));
  }

  private void readAll(Instant now) throws InterruptedException {
    int refused = 0;
    String refusal = "";
    try {
      watchServices(now);
      findGroups();
    } catch (NacosException e) {
      // Without its groups nothing can be said to be gone, so that this counts as a loss.
      lost("does not tell its groups: " + PortionReader.words(e) + "; name them in `groups`");
      return;
    }
    for (PortionInventory inventory : inventories) {
      try {
        reader.read(inventory);
      } catch (NacosException e) {
        if (!PortionReader.isRefusal(e)) {
          lost("does not answer: " + PortionReader.words(e));
          return;
        }
        refused++;
        refusal = "refuses to be read: " + PortionReader.words(e);
        String reason = place() + " " + refusal;
        owner.change(() -> inventory.refused(reason));
      }
    }
    if (refused == 0) {
      lastAnswer.isNow();
    }
    owner.report(
        this,
        refused > 0 && refused == inventories.size()
            ? new Standing.Refused(place() + " " + refusal)
            : new Standing.Read());
  }

  /** A hint only: the listing finds the same, later. */
  private void watchServices(Instant now) {
    if (now.isBefore(nextWatch)) {
      return;
    }
    nextWatch = now.plus(WATCH_AGAIN_AFTER);
    try {
      channel.watchServices();
    } catch (NacosException e) {
      LOG.atDebug()
          .addKeyValue("source", settings.name())
          .addKeyValue("namespace", namespace.id())
          .setCause(e)
          .log("New services are found by listing alone");
    }
  }

  private void findGroups() throws NacosException {
    if (!settings.hasGroupPatterns()) {
      return;
    }
    Set<String> known = new HashSet<>();
    inventories.forEach(inventory -> known.add(inventory.portion().group()));
    for (String group : new TreeSet<>(channel.groups())) {
      if (settings.acceptsGroup(group) && !known.contains(group)) {
        owner.change(() -> inventories.add(owner.found(namespace, group)));
      }
    }
  }

  private void lost(String how) {
    owner.change(() -> inventories.forEach(PortionInventory::disconnected));
    nextListing = null;
    owner.report(this, new Standing.Lost(place() + " " + how));
  }

  private String place() {
    return "Nacos at " + settings.server() + " (namespace " + namespace.id() + ")";
  }
}
