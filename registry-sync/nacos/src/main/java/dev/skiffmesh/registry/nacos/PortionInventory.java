package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.ServiceBook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one portion holds: takes what Nacos says and sends what changed. Not thread-safe; has
 * neither threads nor a clock. What it sends may repeat what is known.
 *
 * <p>What it does follows what changes, however many services the portion has; a loss and a whole
 * listing alone cost all of them.
 *
 * <p>Nothing is sent until the portion was seen whole once, because a partial list would take away
 * what the control loop still has from before a restart.
 *
 * <p>After a loss every service must be told again. An answer that lacks instances which could be
 * called before, or a listing that lacks the service, is held back until it stays the same for the
 * settle time (or keeps changing for three times as long): a Nacos that was restarted lists nothing
 * until its providers come back. An answer that lacks nothing counts at once. In normal times every
 * answer counts at once.
 */
final class PortionInventory {

  private final NacosMapper mapper;
  private final Source.Sink sink;

  /** By name in Nacos, as everything here. */
  private final NavigableMap<String, KnownService> entries = new TreeMap<>();

  private final HeldBack held;
  private final PortionFaults faults;
  private final ServiceBook book;
  private final DubboApplications dubbo = new DubboApplications();

  /** What Nacos lists and has not been told since the last loss. */
  private final Set<String> unseen = new HashSet<>();

  private NacosPortion portion;
  private boolean isListed;
  private boolean wasSeenWhole;
  private boolean isDubboStale;

  PortionInventory(NacosPortion portion, String source, Duration settle, Source.Sink sink) {
    this.portion = portion;
    this.mapper = new NacosMapper(source);
    this.sink = sink;
    this.held = new HeldBack(settle);
    this.faults = new PortionFaults(portion, source);
    this.book = new ServiceBook(source, portion.meshNamespace(), portion.name(), portion::aliases);
  }

  NacosPortion portion() {
    return portion;
  }

  /** Its mesh namespace is another one, and all that was told is gone from the old one. */
  void become(NacosPortion renamed) {
    portion = renamed;
    book.moveTo(renamed.meshNamespace());
  }

  /** The connection ended, and with it the subscriptions: nothing is certain any more. */
  void disconnected() {
    isListed = false;
    held.clear();
    entries.values().forEach(KnownService::disconnected);
    entries.keySet().forEach(this::look);
  }

  /** Takes a whole listing and says for which services subscriptions are to begin or to end. */
  Listing listed(Collection<String> services, Instant now) {
    isListed = true;
    faults.refuse(null);
    Set<String> there = new HashSet<>(services);
    List<String> gone = new ArrayList<>();
    for (String known : List.copyOf(entries.keySet())) {
      if (!there.contains(known) && entry(known).isListed() && isGone(known, now)) {
        gone.add(known);
      }
    }
    List<String> wanted = new ArrayList<>();
    for (String service : there) {
      KnownService entry = entryFor(service);
      entry.listed();
      look(service);
      if (!entry.isTold()) {
        wanted.add(service);
      }
    }
    wanted.sort(Comparator.naturalOrder());
    return new Listing(wanted, gone);
  }

  /**
   * What a listing lacks although it had instances at the last word. After a loss nobody asks: the
   * settle time decides.
   */
  List<String> missing(Set<String> listed) {
    return entries.entrySet().stream()
        .filter(known -> !listed.contains(known.getKey()))
        .filter(known -> known.getValue().isTold() && !known.getValue().isDoubted())
        .filter(known -> !known.getValue().registered().endpoints().endpoints().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The server answers, but does not let us list this portion; what is known stays. */
  void refused(String reason) {
    faults.refuse(reason);
  }

  /** Takes an answer or a push; one that is older than what is known is dropped. */
  void told(Registration registration, Instant now) {
    KnownService entry = entries.get(registration.service());
    if (entry == null || !entry.isListed() || entry.isOlder(registration)) {
      return;
    }
    entry.told(registration, now);
    entry.fail(null);
    look(registration.service());
    MappedService content = mapper.map(portion, registration, entry.registered());
    if (entry.isShrunken(content)) {
      held.hold(registration.service(), content, now);
    } else {
      accept(registration.service(), content);
    }
  }

  /**
   * The server lists a service but does not answer for it. It is no reason to hold up all others,
   * and is asked again after the next listing.
   */
  void untold(String service, String reason) {
    KnownService entry = entries.get(service);
    if (entry != null) {
      entry.fail(reason);
      look(service);
    }
  }

  /** The sets of interfaces of Dubbo's applications that have to be read now. */
  List<DubboApplications.Revision> undescribed(Instant now) {
    return dubbo.due(now);
  }

  /**
   * Takes what one of {@link #undescribed} holds.
   *
   * @param json null if there is none
   * @param reason why there is none
   */
  void described(
      DubboApplications.Revision revision, @Nullable String json, String reason, Instant now) {
    update(dubbo.described(revision, json, reason, now));
    isDubboStale = true;
  }

  /** Believes what was held back for long enough. */
  void settle(Instant now) {
    held.ripe(now)
        .forEach(
            (service, waiting) -> {
              MappedService content = waiting.content();
              if (content == null) {
                remove(service);
              } else {
                accept(service, content);
              }
            });
  }

  /**
   * Tells whether everything was told since the start or since the last loss, as far as the server
   * lets us read it.
   */
  boolean isComplete() {
    return faults.refusal() != null || isSeenWhole();
  }

  /** The server's reason for not letting us list the portion. */
  @Nullable String refusal() {
    return faults.refusal();
  }

  /** At most {@code most} services whose last word is older than {@code than}, oldest first. */
  List<String> toldBefore(Instant than, int most) {
    return entries.entrySet().stream()
        .filter(known -> known.getValue().isTold() && known.getValue().toldAt().isBefore(than))
        .sorted(Comparator.comparing(known -> known.getValue().toldAt()))
        .limit(most)
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Sends what changed since the last time, if the portion was seen whole at least once. A portion
   * that may no longer be listed still gets the pushes of its subscriptions, and they are as true
   * as ever. That it is unreadable is said before its content, that it is readable again after it.
   */
  void flush() {
    wasSeenWhole |= faults.refusal() == null && isSeenWhole();
    if (isDubboStale) {
      isDubboStale = false;
      faults.applications(dubbo.problems());
    }
    if (faults.refusal() != null) {
      faults.tell(book, sink);
    }
    if (wasSeenWhole) {
      book.tell(sink);
    }
    faults.tell(book, sink);
  }

  private boolean isSeenWhole() {
    return isListed && held.isEmpty() && unseen.isEmpty() && dubbo.wereAllAsked();
  }

  /** Counts a service anew that something was said of. */
  private void look(String service) {
    KnownService entry = entries.get(service);
    if (entry == null || entry.isSeen()) {
      unseen.remove(service);
    } else {
      unseen.add(service);
    }
    faults.of(service, entry);
  }

  private boolean isGone(String service, Instant now) {
    KnownService entry = entry(service);
    if (entry.isDoubted() && entry.hasCallable()) {
      entry.untold();
      look(service);
      held.hold(service, null, now);
      return false;
    }
    remove(service);
    return true;
  }

  private void accept(String service, MappedService content) {
    KnownService entry = entry(service);
    held.drop(service);
    entry.believe(content);
    look(service);
    update(Set.of(service));
    update(dubbo.accept(service, content));
    isDubboStale = true;
  }

  private void remove(String service) {
    held.drop(service);
    entry(service).unlisted();
    look(service);
    Set<String> interfaces = dubbo.remove(service);
    update(Set.of(service));
    update(interfaces);
    isDubboStale = true;
  }

  /** Puts services together anew; one of which nothing is left goes. */
  private void update(Set<String> services) {
    for (String service : services) {
      KnownService entry = entryFor(service);
      if (!entry.isListed() && !dubbo.has(service)) {
        entries.remove(service);
        look(service);
        book.remove(service);
      } else if (entry.merge(dubbo.endpoints(service))) {
        enter(service, entry);
      }
    }
  }

  private void enter(String service, KnownService entry) {
    MappedService current = entry.current();
    if (current != null && entry.isSendable()) {
      book.put(service, List.of(), current.ports(), current.endpoints());
    } else {
      book.remove(service);
    }
  }

  private KnownService entryFor(String service) {
    KnownService known = entries.get(service);
    if (known != null) {
      return known;
    }
    KnownService added = new KnownService();
    entries.put(service, added);
    return added;
  }

  private KnownService entry(String service) {
    return Objects.requireNonNull(entries.get(service), service);
  }

  /**
   * What a listing asks for.
   *
   * @param toSubscribe services of which nothing was told on this connection
   * @param toUnsubscribe services that are gone
   */
  record Listing(List<String> toSubscribe, List<String> toUnsubscribe) {}
}
