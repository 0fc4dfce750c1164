package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import dev.skiffmesh.registry.core.LastAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one namespace on one channel: lists its groups at an interval, subscribes to what it
 * finds, and finds out when the connection is gone. {@link #run()} is one thread's; pushes come
 * from others.
 */
final class NamespaceWatcher implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(NamespaceWatcher.class);

  /** How often the connection is looked at; a look is two reads of memory. */
  private static final Duration TICK = Duration.ofMillis(100);

  /**
   * The client calls itself unhealthy for some milliseconds after any failed request, so that one
   * look proves nothing.
   */
  private static final int LOOKS_UNTIL_LOST = 3;

  /**
   * A push may get lost on the server's side (Nacos keeps trying for a while, then gives up), so
   * that services told longest ago are read again: {@link #REREAD_EACH_LISTING} with each listing.
   */
  private static final Duration REREAD_AFTER = Duration.ofSeconds(60);

  private static final int REREAD_EACH_LISTING = 20;

  private static final int LONGEST_WORDS = 200;

  private final NacosSettings settings;
  private final String namespaceId;
  private final List<ScopeInventory> inventories;
  private final NacosChannel channel;
  private final ExecutorService callers;
  private final InstantSource clock;
  private final Owner owner;
  private final CountDownLatch closed = new CountDownLatch(1);

  private final LastAnswer lastAnswer = new LastAnswer();

  private long connection;
  private int looksWithoutConnection;
  private @Nullable Instant nextListing;

  /** Who holds the lock over all inventories and sends what they changed. */
  interface Owner {
    /** Runs {@code change}, which touches inventories, alone. */
    void change(Runnable change);

    /** Takes the watcher's finding: why its server cannot be read, or null if it can. */
    void report(NamespaceWatcher watcher, @Nullable String lost);

    /** Sends what changed. */
    void send();
  }

  NamespaceWatcher(
      NacosSettings settings,
      String namespaceId,
      List<ScopeInventory> inventories,
      NacosChannel.Factory channels,
      ExecutorService callers,
      InstantSource clock,
      Owner owner) {
    this.settings = settings;
    this.namespaceId = namespaceId;
    this.inventories = List.copyOf(inventories);
    this.callers = callers;
    this.clock = clock;
    this.owner = owner;
    this.channel = channels.create(namespaceId, this::pushed);
  }

  List<ScopeInventory> inventories() {
    return inventories;
  }

  /**
   * How long ago all groups were listed; empty if they never were. The client's own health check is
   * no proof: it calls a server that has hung well for a quarter of a minute.
   */
  Optional<Duration> silence() {
    return lastAnswer.age();
  }

  @Override
  public void run() {
    try {
      channel.open();
      do {
        look();
        owner.send();
      } while (!closed.await(TICK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (NacosException | RuntimeException e) {
      // Nothing that a server says may come here: it is a bug, or a setting that the client
      // refuses.
      LOG.atError()
          .addKeyValue("source", settings.name())
          .addKeyValue("namespace", namespaceId)
          .setCause(e)
          .log("The Nacos source stopped watching a namespace");
      owner.report(this, "The Nacos client does not work: " + e.getMessage());
      owner.send();
    }
  }

  /** Ends {@link #run()} soon; no call of the channel works afterwards. */
  void close() {
    closed.countDown();
    channel.close();
  }

  private void pushed(Registration registration) {
    for (ScopeInventory inventory : inventories) {
      if (inventory.scope().group().equals(registration.group())) {
        owner.change(() -> inventory.told(registration, clock.instant()));
        owner.send();
      }
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
      owner.change(() -> inventories.forEach(ScopeInventory::disconnected));
      nextListing = null;
    }
    Instant now = clock.instant();
    if (nextListing == null || !now.isBefore(nextListing)) {
      nextListing = now.plus(settings.timing().discovery());
      readAll();
    }
    owner.change(() -> inventories.forEach(inventory -> inventory.settle(clock.instant())));
  }

  private void readAll() throws InterruptedException {
    int refused = 0;
    String refusal = "";
    for (ScopeInventory inventory : inventories) {
      try {
        read(inventory);
      } catch (NacosException e) {
        if (!isRefusal(e)) {
          lost("does not answer: " + words(e));
          return;
        }
        refused++;
        refusal = "refuses to be read: " + words(e);
        String reason = place() + " " + refusal;
        owner.change(() -> inventory.refused(reason));
      }
    }
    if (refused == 0) {
      lastAnswer.isNow();
    }
    owner.report(this, refused == inventories.size() ? place() + " " + refusal : null);
  }

  private void read(ScopeInventory inventory) throws NacosException, InterruptedException {
    String group = inventory.scope().group();
    List<String> services = new ArrayList<>();
    for (String service : channel.list(group)) {
      if (isService(service) && settings.services().accepts(service)) {
        services.add(service);
      }
    }
    AtomicReference<ScopeInventory.Listing> listing = new AtomicReference<>();
    owner.change(() -> listing.set(inventory.listed(services, clock.instant())));
    ScopeInventory.Listing todo = Objects.requireNonNull(listing.get());
    readEach(inventory, todo.toSubscribe(), channel::subscribe);
    for (String service : todo.toUnsubscribe()) {
      channel.unsubscribe(group, service);
    }
    AtomicReference<List<String>> silent = new AtomicReference<>(List.of());
    owner.change(
        () ->
            silent.set(
                inventory.toldBefore(clock.instant().minus(REREAD_AFTER), REREAD_EACH_LISTING)));
    readEach(inventory, silent.get(), channel::query);
  }

  /** Reads several services at once; the first trouble with the connection ends it for all. */
  private void readEach(ScopeInventory inventory, List<String> services, Reader reader)
      throws NacosException, InterruptedException {
    AtomicReference<@Nullable NacosException> trouble = new AtomicReference<>();
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (String service : services) {
      calls.add(() -> readOne(inventory, service, reader, trouble));
    }
    callers.invokeAll(calls);
    NacosException first = trouble.get();
    if (first != null) {
      throw first;
    }
  }

  private boolean readOne(
      ScopeInventory inventory,
      String service,
      Reader reader,
      AtomicReference<@Nullable NacosException> trouble) {
    if (trouble.get() != null || closed.getCount() == 0) {
      return false;
    }
    try {
      Registration registration = reader.read(inventory.scope().group(), service);
      // Sent after the last one, all together.
      owner.change(() -> inventory.told(registration, clock.instant()));
      return true;
    } catch (NacosException e) {
      if (channel.isConnected() || isRefusal(e)) {
        owner.change(() -> inventory.untold(service, "cannot be read from Nacos: " + words(e)));
      } else {
        trouble.compareAndSet(null, e);
      }
      return false;
    }
  }

  /** Dubbo registers its consumers, and rules for them, where its providers are. */
  private static boolean isService(String name) {
    return !name.isBlank()
        && !name.startsWith("consumers:")
        && !name.startsWith("configurators:")
        && !name.startsWith("routers:");
  }

  private static boolean isRefusal(NacosException e) {
    return e.getErrCode() == NacosException.NO_RIGHT
        || e.getErrCode() == NacosException.INVALID_PARAM;
  }

  /**
   * The server's own words, or that there were none: the client's contain object addresses, which
   * tell nobody anything and are different each time.
   */
  private static String words(NacosException e) {
    String message = e.getErrMsg();
    if (e.getCause() != null || message == null || message.isBlank()) {
      return "a call failed or took too long";
    }
    String line = message.lines().findFirst().orElse("").strip();
    return "'" + line.substring(0, Math.min(line.length(), LONGEST_WORDS)) + "'";
  }

  private void lost(String how) {
    owner.change(() -> inventories.forEach(ScopeInventory::disconnected));
    nextListing = null;
    owner.report(this, place() + " " + how);
  }

  private String place() {
    return "Nacos at " + settings.server() + " (namespace " + namespaceId + ")";
  }

  /** A call that says what a service is now. */
  @FunctionalInterface
  private interface Reader {
    Registration read(String group, String service) throws NacosException;
  }
}
