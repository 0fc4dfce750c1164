package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import dev.skiffmesh.registry.nacos.NamespaceWatcher.Owner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Reads portions of one namespace through its channel into their inventories. One thread's. */
final class PortionReader implements AutoCloseable {

  /**
   * A push may get lost on the server's side (Nacos keeps trying for a while, then gives up), so
   * that services told longest ago are read again: {@link #REREAD_EACH_LISTING} with each listing.
   */
  private static final Duration REREAD_AFTER = Duration.ofSeconds(60);

  private static final int REREAD_EACH_LISTING = 20;

  private static final int LONGEST_WORDS = 200;

  private final NacosSettings.ServiceFilter filter;
  private final NacosChannel channel;
  private final ExecutorService callers;
  private final InstantSource clock;
  private final Owner owner;
  private volatile boolean isClosed;

  PortionReader(
      NacosSettings.ServiceFilter filter,
      NacosChannel channel,
      ExecutorService callers,
      InstantSource clock,
      Owner owner) {
    this.filter = filter;
    this.channel = channel;
    this.callers = callers;
    this.clock = clock;
    this.owner = owner;
  }

  /** Begins no more calls; what is under way ends with the channel. */
  @Override
  public void close() {
    isClosed = true;
  }

  /**
   * Lists the portion, subscribes to what is new and ends what is gone.
   *
   * @throws NacosException if the server does not answer, or does not let us list the portion
   */
  void read(PortionInventory inventory) throws NacosException, InterruptedException {
    String group = inventory.portion().group();
    NacosChannel.Names listed = channel.list(group);
    SortedSet<String> services = new TreeSet<>();
    for (String service : listed.names()) {
      if (isService(service) && filter.accepts(service)) {
        services.add(service);
      }
    }
    addWhatIsNotGone(inventory, services, listed.isWhole());
    AtomicReference<PortionInventory.Listing> listing = new AtomicReference<>();
    owner.change(() -> listing.set(inventory.listed(services, clock.instant())));
    PortionInventory.Listing todo = Objects.requireNonNull(listing.get());
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
    describe(inventory);
  }

  /** Reads which interfaces the revisions of Dubbo's applications have. */
  void describe(PortionInventory inventory) throws NacosException, InterruptedException {
    AtomicReference<List<DubboApplications.Revision>> due = new AtomicReference<>(List.of());
    owner.change(() -> due.set(inventory.undescribed(clock.instant())));
    AtomicReference<@Nullable NacosException> trouble = new AtomicReference<>();
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (DubboApplications.Revision revision : due.get()) {
      calls.add(() -> describeOne(inventory, revision, trouble));
    }
    callers.invokeAll(calls);
    NacosException first = trouble.get();
    if (first != null) {
      throw first;
    }
  }

  private boolean describeOne(
      PortionInventory inventory,
      DubboApplications.Revision revision,
      AtomicReference<@Nullable NacosException> trouble) {
    try {
      Optional<String> json = channel.config(revision.application(), revision.name());
      owner.change(
          () ->
              inventory.described(
                  revision,
                  json.orElse(null),
                  "must have a configuration with the application as data id and the revision as"
                      + " group, found none; its interfaces are not known",
                  clock.instant()));
      return true;
    } catch (NacosException e) {
      if (channel.isConnected() || isRefusal(e)) {
        String reason = "its interfaces cannot be read from Nacos: " + words(e);
        owner.change(() -> inventory.described(revision, null, reason, clock.instant()));
      } else {
        trouble.compareAndSet(null, e);
      }
      return false;
    }
  }

  /**
   * Nacos takes a service off its list only when it has had no instance for a while. One that is
   * not listed although it has some is therefore asked for; and a listing that is not whole takes
   * nothing away.
   */
  private void addWhatIsNotGone(
      PortionInventory inventory, SortedSet<String> services, boolean isWhole)
      throws NacosException {
    AtomicReference<List<String>> doubtful = new AtomicReference<>(List.of());
    owner.change(() -> doubtful.set(inventory.missing(services)));
    for (String service : doubtful.get()) {
      if (!isWhole || !channel.query(inventory.portion().group(), service).instances().isEmpty()) {
        services.add(service);
      }
    }
  }

  /** Reads several services at once; the first trouble with the connection ends it for all. */
  private void readEach(PortionInventory inventory, List<String> services, Reader reader)
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
      PortionInventory inventory,
      String service,
      Reader reader,
      AtomicReference<@Nullable NacosException> trouble) {
    if (trouble.get() != null || isClosed) {
      return false;
    }
    try {
      Registration registration = reader.read(inventory.portion().group(), service);
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

  /** Tells whether the server answered that we may not. */
  static boolean isRefusal(NacosException e) {
    return e.getErrCode() == NacosException.NO_RIGHT
        || e.getErrCode() == NacosException.INVALID_PARAM;
  }

  /**
   * The server's own words, or that there were none: the client's contain object addresses, which
   * tell nobody anything and are different each time.
   */
  static String words(NacosException e) {
    String message = e.getErrMsg();
    if (e.getCause() != null || message == null || message.isBlank()) {
      return "a call failed or took too long";
    }
    String line = message.lines().findFirst().orElse("").strip();
    return "'" + line.substring(0, Math.min(line.length(), LONGEST_WORDS)) + "'";
  }

  /** A call that says what a service is now. */
  @FunctionalInterface
  private interface Reader {
    Registration read(String group, String service) throws NacosException;
  }
}
